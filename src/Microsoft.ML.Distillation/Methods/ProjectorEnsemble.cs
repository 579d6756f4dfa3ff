using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Students.Blocks;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Feature distillation through an ensemble of projectors (PEFD): the student's embedding s, N×D_s, projected q times and averaged, shall point where the
/// teacher's t, N×D_t, points: <c>z = 1/q·Σ_i ReLU(W_i·s + b_i)</c>, and the term is <c>β·mean_n (1 − cos(z, t))</c>.
/// </summary>
/// <remarks>
/// Chen et al.: "Improved feature distillation via projector ensemble", 2022, https://arxiv.org/abs/2210.15274. As in the authors' code: ReLU, then the mean, then the
/// length. There a projection that is all zero gives NaN; here its cosine is 0. q = 0 compares s and t themselves, the paper's control. The projectors start from
/// unlike weights (uniform in ±1/√D_s), train with the student and are not exported. Memory: q·D_s·D_t weights.
/// </remarks>
public sealed class ProjectorEnsemble : DistillationMethod
{
    /// <inheritdoc/>
    public override string Name => "ProjectorEnsemble";

    /// <summary>β: weight of the term.</summary>
    /// <value>0 or more; default 25.</value>
    public double Weight { get; init; } = 25;

    /// <summary>q: how many projectors. 0 for none, which needs embeddings of one length.</summary>
    /// <value>0 or more; default 3.</value>
    public int Projectors { get; init; } = 3;

    internal override TeacherParts Needs => TeacherParts.Embedding;

    internal override void Validate(Faults faults)
    {
        faults.NotNegative("ProjectorEnsemble.Weight", Weight);
        faults.AtLeast("ProjectorEnsemble.Projectors", Projectors, 0);
    }

    internal override void Check(LossContext context, Faults faults) => faults.AddIf(
        Projectors == 0 && context.Student.Embedding != context.Teacher!.Embedding,
        $"ProjectorEnsemble without projectors needs embeddings of one length; the student's has {context.Student.Embedding} values, "
        + $"the teacher's {context.Teacher!.Embedding}. Set Projectors to 1 or more.");

    internal override DistillationLoss CreateLoss(LossContext context) => new Loss(this, context);

    /// <summary>1/q·Σ ReLU(projector(s)), N×D_t; s itself without projectors.</summary>
    internal static Tensor Project(Tensor student, IReadOnlyList<Func<Tensor, Tensor>> projectors) => projectors.Count == 0
        ? student
        : projectors.Select(projector => projector(student).relu()).Aggregate((sum, projected) => sum + projected) / projectors.Count;

    /// <summary>mean (1 − cos(z, t)), a scalar.</summary>
    internal static Tensor Distance(Tensor projected, Tensor teacher) =>
        (1 - (UnitLength.Of(projected) * UnitLength.Of(teacher.detach())).sum(1)).mean();

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Name} weight {Weight} projectors {Projectors}");

    private sealed class Loss : DistillationLoss
    {
        private readonly double _weight;
        private readonly BlockList? _helper;
        private readonly Func<Tensor, Tensor>[] _projectors;

        public Loss(ProjectorEnsemble method, LossContext context)
        {
            _weight = method.Weight;
            var projectors = Enumerable.Range(0, method.Projectors)
                .Select(_ => new Dense(context.Student.Embedding!.Value, context.Teacher!.Embedding!.Value)).ToArray();
            _helper = projectors.Length == 0 ? null : context.Initialize(new BlockList(projectors));
            _projectors = [.. projectors.Select(projector => (Func<Tensor, Tensor>)projector.call)];
        }

        public override nn.Module? Helper => _helper;

        public override IReadOnlyList<LossTerm> Compute(LossInput input) =>
            [new("pefd", Distance(Project(input.Student.Embedding!, _projectors), input.Teacher!.Embedding!), _weight)];
    }
}
