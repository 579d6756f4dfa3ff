using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>The options that the training of a detector reads.</summary>
internal sealed record DetectionSettings(
    int Epochs, int BatchSize, OptimizerOptions Optimizer, LearningRateSchedule Schedule, DetectionAugmentation Augmentation,
    IReadOnlyList<DetectionMethod> Methods, int Seed, CancellationToken Cancellation) : LoopSettings(Epochs, BatchSize, Optimizer, Schedule, Seed, Cancellation)
{
    /// <summary>Of a YOLO student.</summary>
    public YoloLossOptions YoloLoss { get; init; } = new();

    /// <summary>Of a RetinaNet student.</summary>
    public RetinaNetLossOptions RetinaNetLoss { get; init; } = new();

    /// <summary>What the student's boxes are thinned out by before it is measured.</summary>
    public Suppression Suppression { get; init; } = new();

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Identity() => new Dictionary<string, string>(base.Identity())
    {
        [nameof(Augmentation)] = $"{Augmentation}",
        [nameof(Methods)] = Methods.Count == 0 ? "none" : string.Join("; ", Methods),
        [nameof(YoloLoss)] = $"{YoloLoss}",
        [nameof(RetinaNetLoss)] = $"{RetinaNetLoss}",
        [nameof(Suppression)] = FormattableString.Invariant($"IoU {Suppression.IouThreshold}, at most {Suppression.Maximum}"),
    };
}
