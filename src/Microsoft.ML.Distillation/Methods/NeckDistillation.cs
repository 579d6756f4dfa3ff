using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// A classifier's method on the feature maps that a detector's neck makes. Any will do that compares maps and asks for nothing else: <see cref="AttentionTransfer"/>, <see cref="HintDistillation"/>,
/// <see cref="FspDistillation"/> and <see cref="SimilarityPreserving"/>. Its term is <c>w·N/16·L(F_s, F_t)</c> for a YOLO student and <c>w·L(F_s, F_t)</c> for others, L being that method's weighted loss.
/// </summary>
/// <remarks>
/// The neck's levels take the place of a classifier's stages, finest first, all of them: a <see cref="StagePair"/> counts from the finest level, and no stem is left out of automatic pairs. Papers and
/// departures are the method's own; none of them speaks of necks. Their weights are for the loss of a classifier: beside a detector's, the default takes a hundredth of them, which was chosen here for a
/// YOLO student and <see cref="AttentionTransfer"/> on validation images of a small data set. Beside YOLO's task loss, which is multiplied by the batch's N images, the weight grows with the batch, and is stated for 16.
/// Memory: the method's own.
/// </remarks>
public sealed class NeckDistillation : DetectionMethod
{
    // YOLOv5's default.
    private const double StatedBatch = 16;

    /// <inheritdoc/>
    public override string Name => "NeckDistillation";

    /// <summary>The method whose loss is taken, with its own options.</summary>
    /// <value>Default: <see cref="AttentionTransfer"/>.</value>
    public DistillationMethod Method { get; init; } = new AttentionTransfer();

    /// <summary>w: factor on the method's own weight, at a batch of 16 images.</summary>
    /// <value>0 or more; default 0.01.</value>
    public double Weight { get; init; } = .01;

    internal override DetectionParts Needs => DetectionParts.Features;

    internal override void Validate(Faults faults)
    {
        faults.NotNegative("NeckDistillation.Weight", Weight);
        if (faults.Required(Method, "NeckDistillation.Method") is not { } method)
            return;
        faults.AddIf(
            method.Needs != TeacherParts.Features || method.Uses != BatchParts.None,
            $"NeckDistillation.Method is {method.Name}, which learns from more than feature maps: choose AttentionTransfer, HintDistillation, FspDistillation or SimilarityPreserving.");
        method.Validate(faults);
    }

    internal override void Check(DetectionLossContext context, Faults faults) => Method.Check(Maps(context), faults);

    internal override DetectionLoss CreateLoss(DetectionLossContext context) => new Loss(Method.CreateLoss(Maps(context)), Weight * context.BatchScale(StatedBatch));

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Name} weight {Weight} of {Method}");

    /// <summary>Both detectors as networks of which there are feature maps alone.</summary>
    private static LossContext Maps(DetectionLossContext context) => new(
        new OutputShape(null, context.Student.Features, null) { HasStem = false }, new OutputShape(null, context.Teacher!.Features, null), Labels: [], context.BatchSize,
        StepsPerEpoch: 1, Epochs: 1, context.Seed, context.Device);

    private sealed class Loss(DistillationLoss loss, double weight) : DetectionLoss
    {
        public override nn.Module? Helper => loss.Helper;

        public override IReadOnlyList<LossTerm> Compute(DetectionLossInput input)
        {
            var maps = new LossInput(new ModelOutput(null, input.Student.Features, null), new ModelOutput(null, input.Teacher!.Features, null), new BatchLabels(empty(0, ScalarType.Int64)));
            return [.. loss.Compute(maps).Select(term => term with { Weight = term.Weight * weight })];
        }
    }
}
