namespace Microsoft.ML.Distillation.Training;

/// <summary>The options a training loop reads, whatever the task.</summary>
internal sealed record TrainingSettings(
    int Epochs, int BatchSize, OptimizerOptions Optimizer, LearningRateSchedule Schedule, ImageAugmentation Augmentation,
    IReadOnlyList<DistillationMethod> Methods, int Seed, CancellationToken Cancellation);
