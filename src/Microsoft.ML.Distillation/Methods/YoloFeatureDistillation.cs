using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// A YOLO student's neck computes the teacher's feature maps, through a trained 1×1 convolution r wherever channels differ:
/// <c>w·N/32·Σ_levels mean (r(F_s) − F_t)²</c>, or with weights o_t, the highest objectness that the teacher gives any anchor of the cell,
/// <c>w·N/32·Σ_levels Σ o_t·(r(F_s) − F_t)² / (C·max(1, Σ o_t))</c>.
/// </summary>
/// <remarks>
/// After the feature distillation of https://github.com/Adlik/yolov5, which can't run as published: its adapters are of one pair of models and never reach the optimiser. Here they
/// fit any pair and are trained, and the weight grows with the batch as that of <see cref="YoloOutputDistillation"/> does. The weighting by objectness and its normalisation are ours. Classes
/// and anchors need not agree; where sizes differ, the larger map is average-pooled. Memory: a map of the teacher's channels a level.
/// </remarks>
public sealed class YoloFeatureDistillation : DetectionMethod
{
    private const int Objectness = 4;

    /// <inheritdoc/>
    public override string Name => "YoloFeatureDistillation";

    /// <summary>w: weight of the term at a batch of 32 images.</summary>
    /// <value>0 or more; default 0.1.</value>
    public double Weight { get; init; } = .1;

    /// <summary>Whether a place counts as much as the teacher sees an object there, or all places alike.</summary>
    /// <value>Default false: all alike.</value>
    public bool WeightByObjectness { get; init; }

    internal override DetectionParts Needs => WeightByObjectness ? DetectionParts.Features | DetectionParts.Heads : DetectionParts.Features;

    internal override void Validate(Faults faults) => faults.NotNegative("YoloFeatureDistillation.Weight", Weight);

    internal override void Check(DetectionLossContext context, Faults faults)
    {
        if (context.Student.Anchors is null)
        {
            faults.Add($"{Name} is for YOLO students, by whose task loss its weight is measured, and the student is none: choose FocalGlobalDistillation, which is made for RetinaNets too.");
            return;
        }
        if (!LevelAdapters.CheckLevels(Name, context, faults) || !WeightByObjectness)
            return;
        var anchors = context.Teacher!.Anchors;
        faults.AddIf(
            anchors is null || anchors.Levels.Count != context.Teacher.Features.Count,
            $"{Name}.WeightByObjectness needs a YOLO teacher with predictions at each of its {context.Teacher.Features.Count} feature maps: set it to false.");
    }

    internal override DetectionLoss CreateLoss(DetectionLossContext context) => new Loss(this, context);

    /// <summary>The term of a level, a scalar.</summary>
    /// <param name="student">The student's map in the teacher's channels, N×C×H×W.</param>
    /// <param name="teacher">The teacher's, N×C×H'×W'.</param>
    /// <param name="head">The teacher's raw predictions, N×A×H'×W'×(5+K); null to count all places alike.</param>
    internal static Tensor Distance(Tensor student, Tensor teacher, Tensor? head)
    {
        var (s, t) = MapSizes.ToSmaller(student, teacher.detach());
        var error = (s - t).square();
        if (head is null)
            return error.mean();
        var objectness = head.detach().select(-1, Objectness).sigmoid().amax(new long[] { 1 }, keepdim: true);
        var (weights, _) = MapSizes.ToSmaller(objectness, s);
        return (error * weights).sum() / (weights.sum().clamp_min(1) * s.shape[1]);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Name} weight {Weight} by objectness {WeightByObjectness}");

    private sealed class Loss(YoloFeatureDistillation method, DetectionLossContext context) : DetectionLoss
    {
        private readonly LevelAdapters _adapters = context.Initialize(new LevelAdapters(context.Student.Features, context.Teacher!.Features));

        public override nn.Module? Helper => _adapters.Any ? _adapters : null;

        public override IReadOnlyList<LossTerm> Compute(DetectionLossInput input)
        {
            var terms = input.Student.Features.Select((map, level) => Distance(
                _adapters.Adapt(level, map), input.Teacher!.Features[level], method.WeightByObjectness ? input.Teacher.Heads[level] : null));
            return [new("feature", terms.Aggregate((sum, term) => sum + term), method.Weight * context.BatchScale(YoloOutputDistillation.PublishedBatch))];
        }
    }
}
