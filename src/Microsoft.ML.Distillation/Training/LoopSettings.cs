namespace Microsoft.ML.Distillation.Training;

/// <summary>The options a training loop reads, whatever the task.</summary>
internal record LoopSettings(int Epochs, int BatchSize, OptimizerOptions Optimizer, LearningRateSchedule Schedule, int Seed, CancellationToken Cancellation)
{
    /// <summary>What a cancelled run ends with.</summary>
    public CancellationResult OnCancellation { get; init; }

    /// <summary>Whether the best epoch's weights are returned, where something is measured.</summary>
    public bool KeepBest { get; init; } = true;

    /// <summary>Null for all epochs.</summary>
    public EarlyStoppingOptions? EarlyStopping { get; init; }

    /// <summary>Null for the weights themselves.</summary>
    public WeightAverageOptions? WeightAverage { get; init; }

    /// <summary>Null for gradients as they are.</summary>
    public double? MaximumGradientNorm { get; init; }

    /// <summary>What networks compute in: not <see cref="Precision.Auto"/>, but what that came to.</summary>
    public Precision Precision { get; init; }

    /// <summary>Null to fail at the first number that is not finite.</summary>
    public RecoveryOptions? Recovery { get; init; } = new();

    /// <summary>Steps from one look whether numbers are finite to the next; null for what suits the device.</summary>
    public int? LookEvery { get; init; }

    /// <summary>All that changes a run's result, by name: a checkpoint is gone on from only where it is the same.</summary>
    /// <remarks>Not when to stop or how often to try again: a run that failed may go on with more patience.</remarks>
    public virtual IReadOnlyDictionary<string, string> Identity() => new Dictionary<string, string>
    {
        [nameof(Seed)] = FormattableString.Invariant($"{Seed}"),
        [nameof(Epochs)] = FormattableString.Invariant($"{Epochs}"),
        [nameof(BatchSize)] = FormattableString.Invariant($"{BatchSize}"),
        [nameof(Optimizer)] = $"{Optimizer}",
        [nameof(Schedule)] = $"{Schedule}",
        [nameof(KeepBest)] = $"{KeepBest}",
        [nameof(WeightAverage)] = WeightAverage is null ? "none" : $"{WeightAverage}",
        [nameof(Precision)] = $"{Precision}",
        [nameof(MaximumGradientNorm)] = MaximumGradientNorm is null ? "none" : FormattableString.Invariant($"{MaximumGradientNorm}"),
    };
}
