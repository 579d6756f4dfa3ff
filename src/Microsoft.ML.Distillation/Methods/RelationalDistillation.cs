using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Relational knowledge distillation of embeddings e, N×D, by distances and angles. Distance: <c>w_d·mean_{ij} h(d_s − d_t)</c>, d the L2 distances of all
/// pairs over their mean (the diagonal, 0, counts in the outer mean and not in that). Angle: <c>w_a·mean_{ijk} h(a_s − a_t)</c>, a the cosine of the angle
/// at e_i between e_j and e_k. h is the smooth L1 (Huber's) loss.
/// </summary>
/// <remarks>
/// Park, Kim, Lu, Cho: "Relational knowledge distillation", 2019, equations 4–10, https://arxiv.org/abs/1904.05068; means over all N² and N³, with what is 0 by
/// definition, as in the authors' code. Shifting, turning and scaling all embeddings changes nothing, and their lengths may differ. Memory: N²·D values
/// for the differences and N³ for the angles, a side, and again for the gradient: <see cref="Images"/> limits N.
/// </remarks>
public sealed class RelationalDistillation : DistillationMethod
{
    // Under the root of a distance: its slope is infinite at 0.
    private const double Smallest = 1e-12;

    /// <inheritdoc/>
    public override string Name => "RelationalDistillation";

    /// <summary>w_d: weight of the distances.</summary>
    /// <value>0 or more; default 25.</value>
    public double DistanceWeight { get; init; } = 25;

    /// <summary>w_a: weight of the angles.</summary>
    /// <value>0 or more; default 50.</value>
    public double AngleWeight { get; init; } = 50;

    /// <summary>How many images of a batch, from its first, are related to each other.</summary>
    /// <value>3 or more; default 128, at which the angles take 8 MB a tensor.</value>
    public int Images { get; init; } = 128;

    internal override TeacherParts Needs => TeacherParts.Embedding;

    internal override void Validate(Faults faults)
    {
        faults.NotNegative("RelationalDistillation.DistanceWeight", DistanceWeight);
        faults.NotNegative("RelationalDistillation.AngleWeight", AngleWeight);
        faults.AtLeast("RelationalDistillation.Images", Images, 3);
    }

    internal override void Check(LossContext context, Faults faults) => faults.AddIf(
        context.BatchSize < 3, $"RelationalDistillation needs triplets of images, and a batch has {context.BatchSize}; make BatchSize 3 or more.");

    internal override DistillationLoss CreateLoss(LossContext context) => new Loss(this);

    /// <summary>The distances' term, a scalar.</summary>
    internal static Tensor Distance(Tensor student, Tensor teacher) => SmoothL1(Distances(student), Distances(teacher.detach()));

    /// <summary>The angles' term, a scalar.</summary>
    internal static Tensor Angle(Tensor student, Tensor teacher) => SmoothL1(Angles(student), Angles(teacher.detach()));

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Name} distance weight {DistanceWeight} angle weight {AngleWeight} images {Images}");

    private static Tensor SmoothL1(Tensor student, Tensor teacher) => nn.functional.smooth_l1_loss(student, teacher);

    private static Tensor Differences(Tensor embeddings) => embeddings.unsqueeze(0) - embeddings.unsqueeze(1);

    private static Tensor Distances(Tensor embeddings)
    {
        var count = embeddings.shape[0];
        var apart = 1 - eye(count, dtype: embeddings.dtype, device: embeddings.device);
        var distances = Differences(embeddings).square().sum(2).clamp_min(Smallest).sqrt() * apart;
        return distances / (distances.sum() / (count * (count - 1)));
    }

    private static Tensor Angles(Tensor embeddings)
    {
        var directions = UnitLength.Of(Differences(embeddings));
        return directions.bmm(directions.transpose(1, 2));
    }

    private sealed class Loss(RelationalDistillation method) : DistillationLoss
    {
        public override IReadOnlyList<LossTerm> Compute(LossInput input)
        {
            var (student, teacher) = (Limited(input.Student.Embedding!), Limited(input.Teacher!.Embedding!));
            var terms = new List<LossTerm>();
            if (method.DistanceWeight > 0)
                terms.Add(new("rkd distance", Distance(student, teacher), method.DistanceWeight));
            if (method.AngleWeight > 0)
                terms.Add(new("rkd angle", Angle(student, teacher), method.AngleWeight));
            return terms;
        }

        private Tensor Limited(Tensor embeddings) => embeddings.narrow(0, 0, Math.Min(method.Images, embeddings.shape[0]));
    }
}
