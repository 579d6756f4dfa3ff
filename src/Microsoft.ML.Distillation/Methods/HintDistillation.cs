using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Students.Blocks;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// FitNets' hint: a feature map in the middle of the student shall be the teacher's, through a trained adapter r:
/// <c>w·mean_{n,c,h,w} (r(F_s) − F_t)²</c>. r is a 1×1 convolution to the teacher's channels, BatchNorm and, by default, ReLU.
/// </summary>
/// <remarks>
/// Romero et al.: "FitNets: hints for thin deep nets", 2015, equation 3, https://arxiv.org/abs/1412.6550. The paper trains the student up to the hint first and
/// then the whole by knowledge distillation; here, as in RepDistiller, the hint is a term of the one loss, and its adapter has BatchNorm and ReLU. Where
/// RepDistiller matches sizes by the adapter's stride, the larger map is average-pooled to the smaller here, whichever side it is on. Memory: the adapter's
/// C_s·C_t weights and one map of the teacher's channels.
/// </remarks>
public sealed class HintDistillation : DistillationMethod
{
    /// <inheritdoc/>
    public override string Name => "HintDistillation";

    /// <summary>w: weight of the term.</summary>
    /// <value>0 or more; default 100.</value>
    public double Weight { get; init; } = 100;

    /// <summary>Which feature map of the student is guided by which of the teacher.</summary>
    /// <value>Default null: the middle one of the automatic pairs, which are the deepest with the deepest and so on backwards, the student's stem left out.</value>
    public StagePair? Pair { get; init; }

    /// <summary>Whether the adapter ends in ReLU: right for teachers' maps that do, wrong for those that have negative values.</summary>
    /// <value>Default true.</value>
    public bool Rectify { get; init; } = true;

    internal override TeacherParts Needs => TeacherParts.Features;

    internal override void Validate(Faults faults) => faults.NotNegative("HintDistillation.Weight", Weight);

    internal override void Check(LossContext context, Faults faults) =>
        StagePair.Check("HintDistillation.Pair", Pair is null ? null : [Pair], context, faults);

    internal override DistillationLoss CreateLoss(LossContext context) => new Loss(this, Pair ?? Middle(context), context);

    /// <summary>mean (adapter(F_s) − F_t)², both at the smaller size, a scalar.</summary>
    internal static Tensor Distance(Tensor student, Tensor teacher, Func<Tensor, Tensor> adapter, bool rectify)
    {
        var (s, t) = MapSizes.ToSmaller(student, teacher.detach());
        var adapted = adapter(s);
        return ((rectify ? adapted.relu() : adapted) - t).square().mean();
    }

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"{Name} weight {Weight} pair {MethodOptions.Text(Pair is null ? null : [Pair])} rectify {Rectify}");

    private static StagePair Middle(LossContext context)
    {
        var pairs = StagePair.Resolve(null, context.Student, context.Teacher!);
        return pairs[pairs.Count / 2];
    }

    private sealed class Loss(HintDistillation method, StagePair pair, LossContext context) : DistillationLoss
    {
        private readonly BlockList _adapter = context.Initialize(new BlockList(
            new Conv(context.Student.Features[pair.Student].Channels, context.Teacher!.Features[pair.Teacher].Channels, 1, 1),
            new BatchNorm(context.Teacher.Features[pair.Teacher].Channels)));

        public override nn.Module Helper => _adapter;

        public override IReadOnlyList<LossTerm> Compute(LossInput input) =>
            [new("hint", Distance(input.Student.Features[pair.Student], input.Teacher!.Features[pair.Teacher], _adapter.call, method.Rectify), method.Weight)];
    }
}
