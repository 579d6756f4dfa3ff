namespace Microsoft.ML.Distillation.Training;

/// <summary>The options a training loop reads, whatever the task.</summary>
internal sealed record TrainingSettings(
    int Epochs, int BatchSize, OptimizerOptions Optimizer, LearningRateSchedule Schedule, ImageAugmentation Augmentation,
    IReadOnlyList<DistillationMethod> Methods, int Seed, CancellationToken Cancellation)
{
    /// <summary>How the teacher's outputs are kept; null for not at all.</summary>
    public TeacherCacheOptions? TeacherCache { get; init; }

    /// <summary>Weighs methods by the size of their gradients; null for their own weights.</summary>
    public TermBalanceOptions? Balance { get; init; }

    /// <summary>Where files go that outlive no run.</summary>
    public string TemporaryFolder { get; init; } = Path.GetTempPath();
}
