using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Students.Blocks;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// The flow of the solution procedure: how the channels of one stage relate to those of the next. For feature maps a and b of neighbouring stages
/// <c>G_ij = 1/(H·W)·Σ_hw a_i·b_j</c>, N×C_a×C_b, and of every two neighbours <c>w·mean_{n,i,j} (G_s − G_t)²</c> is added.
/// </summary>
/// <remarks>
/// Yim, Joo, Bae, Kim: "A gift from knowledge distillation", 2017, equations 1 and 2, https://openaccess.thecvf.com/content_cvpr_2017/html/Yim_A_Gift_From_CVPR_2017_paper.html.
/// Where a and b differ in size the larger is average-pooled (the paper max-pools; RepDistiller averages). The paper trains a student by this
/// first and by the task afterwards, and RepDistiller's weight of 50 serves such a first stage alone; here it is a term of the one loss. Student and teacher
/// need equal channels: where they differ, a trained 1×1 convolution brings the student's to the teacher's. Memory: N·C_a·C_b values a side.
/// </remarks>
public sealed class FspDistillation : DistillationMethod
{
    /// <inheritdoc/>
    public override string Name => "FspDistillation";

    /// <summary>w: weight of the term.</summary>
    /// <value>0 or more; default 50.</value>
    public double Weight { get; init; } = 50;

    /// <summary>The stages, shallowest first: each is related to the next one in this list.</summary>
    /// <value>Two or more; default null: the deepest with the deepest and so on backwards, the student's stem left out.</value>
    public IReadOnlyList<StagePair>? Pairs { get; init => field = value?.ToArray(); }

    internal override TeacherParts Needs => TeacherParts.Features;

    internal override void Validate(Faults faults)
    {
        faults.NotNegative("FspDistillation.Weight", Weight);
        faults.AddIf(Pairs is { Count: < 2 }, $"FspDistillation.Pairs has {Pairs?.Count}; it relates neighbouring stages and must have 2 or more.");
    }

    internal override void Check(LossContext context, Faults faults)
    {
        StagePair.Check("FspDistillation.Pairs", Pairs, context, faults);
        var count = StagePair.Resolve(Pairs, context.Student, context.Teacher!).Count;
        faults.AddIf(
            Pairs is null && count < 2,
            $"FspDistillation relates neighbouring stages, and there is {count} that student and teacher have in common; name more feature maps of the teacher, "
            + "or choose a method that compares single stages, such as AttentionTransfer.");
    }

    internal override DistillationLoss CreateLoss(LossContext context) => new Loss(this, StagePair.Resolve(Pairs, context.Student, context.Teacher!), context);

    /// <summary>G of two feature maps, N×C_a×H×W and N×C_b×H×W of any sizes: N×C_a×C_b.</summary>
    internal static Tensor Matrix(Tensor first, Tensor second)
    {
        var (a, b) = MapSizes.ToSmaller(first, second);
        return a.flatten(2).bmm(b.flatten(2).transpose(1, 2)) / (a.shape[2] * a.shape[3]);
    }

    /// <summary>Σ over neighbours of mean (G_s − G_t)², a scalar.</summary>
    internal static Tensor Distance(IReadOnlyList<Tensor> student, IReadOnlyList<Tensor> teacher)
    {
        var terms = Enumerable.Range(0, student.Count - 1)
            .Select(i => (Matrix(student[i], student[i + 1]) - Matrix(teacher[i].detach(), teacher[i + 1].detach())).square().mean());
        return terms.Aggregate((sum, term) => sum + term);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Name} weight {Weight} pairs {MethodOptions.Text(Pairs)}");

    private sealed class Loss : DistillationLoss
    {
        private readonly double _weight;
        private readonly IReadOnlyList<StagePair> _pairs;
        private readonly Dictionary<int, Conv> _adapters = [];
        private readonly BlockList? _helper;

        public Loss(FspDistillation method, IReadOnlyList<StagePair> pairs, LossContext context)
        {
            (_weight, _pairs) = (method.Weight, pairs);
            for (var i = 0; i < pairs.Count; i++)
            {
                var (from, to) = (context.Student.Features[pairs[i].Student].Channels, context.Teacher!.Features[pairs[i].Teacher].Channels);
                if (from != to)
                    _adapters.Add(i, new Conv(from, to, 1, 1));
            }
            _helper = _adapters.Count == 0 ? null : context.Initialize(new BlockList([.. _adapters.OrderBy(a => a.Key).Select(a => a.Value)]));
        }

        public override nn.Module? Helper => _helper;

        public override IReadOnlyList<LossTerm> Compute(LossInput input)
        {
            var student = _pairs.Select((pair, i) => Adapted(i, input.Student.Features[pair.Student]));
            return [new("fsp", Distance([.. student], [.. _pairs.Select(pair => input.Teacher!.Features[pair.Teacher])]), _weight)];
        }

        private Tensor Adapted(int place, Tensor map) => _adapters.TryGetValue(place, out var adapter) ? adapter.call(map) : map;
    }
}
