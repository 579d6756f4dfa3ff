using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Similarity-preserving distillation: images that excite the teacher alike shall excite the student alike. With F the last feature map, N×(C·H·W), and
/// <c>G = F·Fᵀ</c>, N×N, each row scaled to length 1, the term is <c>w·‖G_s − G_t‖²_F / N²</c>.
/// </summary>
/// <remarks>
/// Tung, Mori: "Similarity-preserving knowledge distillation", 2019, equations 1–4, https://arxiv.org/abs/1907.09682. Only how images relate is compared: sizes
/// and channels of the maps may differ. The paper also allows several pairs of layers; this is the last one, as in RepDistiller. Memory: N² values a side.
/// </remarks>
public sealed class SimilarityPreserving : DistillationMethod
{
    /// <inheritdoc/>
    public override string Name => "SimilarityPreserving";

    /// <summary>w: weight of the term.</summary>
    /// <value>0 or more; default 3000.</value>
    public double Weight { get; init; } = 3000;

    internal override TeacherParts Needs => TeacherParts.Features;

    internal override void Validate(Faults faults) => faults.NotNegative("SimilarityPreserving.Weight", Weight);

    internal override void Check(LossContext context, Faults faults) => faults.AddIf(
        context.BatchSize < 2, $"SimilarityPreserving compares the images of a batch, and a batch has {context.BatchSize}; make BatchSize 2 or more.");

    internal override DistillationLoss CreateLoss(LossContext context) => new Loss(Weight);

    /// <summary>‖G_s − G_t‖² / N², a scalar.</summary>
    internal static Tensor Distance(Tensor student, Tensor teacher) => (Similarities(student) - Similarities(teacher.detach())).square().mean();

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Name} weight {Weight}");

    private static Tensor Similarities(Tensor features)
    {
        var flat = features.flatten(1);
        return UnitLength.Of(flat.matmul(flat.t()));
    }

    private sealed class Loss(double weight) : DistillationLoss
    {
        public override IReadOnlyList<LossTerm> Compute(LossInput input) =>
            [new("sp", Distance(input.Student.Features[^1], input.Teacher!.Features[^1]), weight)];
    }
}
