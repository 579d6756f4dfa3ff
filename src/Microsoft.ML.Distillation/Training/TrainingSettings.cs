namespace Microsoft.ML.Distillation.Training;

/// <summary>The options that the training of a classifier reads.</summary>
internal sealed record TrainingSettings(
    int Epochs, int BatchSize, OptimizerOptions Optimizer, LearningRateSchedule Schedule, ImageAugmentation Augmentation,
    IReadOnlyList<DistillationMethod> Methods, int Seed, CancellationToken Cancellation) : LoopSettings(Epochs, BatchSize, Optimizer, Schedule, Seed, Cancellation)
{
    /// <summary>How the teacher's outputs are kept; null for not at all.</summary>
    public TeacherCacheOptions? TeacherCache { get; init; }

    /// <summary>Weighs methods by the size of their gradients; null for their own weights.</summary>
    public TermBalanceOptions? Balance { get; init; }

    /// <summary>Where files go that outlive no run.</summary>
    public string TemporaryFolder { get; init; } = Path.GetTempPath();

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Identity() => new Dictionary<string, string>(base.Identity())
    {
        [nameof(Augmentation)] = $"{Augmentation}",
        [nameof(Methods)] = Methods.Count == 0 ? "none" : string.Join("; ", Methods),
        [nameof(Balance)] = Balance is null ? "none" : $"{Balance}",
    };
}
