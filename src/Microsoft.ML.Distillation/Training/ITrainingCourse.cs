namespace Microsoft.ML.Distillation.Training;

/// <summary>What the options of both estimators say of how a training goes; each documents it for its users.</summary>
internal interface ITrainingCourse
{
    int BatchSize { get; }

    int Epochs { get; }

    Precision Precision { get; }

    int? GpuDeviceId { get; }

    int? Threads { get; }

    long MemoryBudget { get; }

    BadImages BadImages { get; }

    long MaxImagePixels { get; }

    OptimizerOptions Optimizer { get; }

    LearningRateSchedule Schedule { get; }

    double ValidationFraction { get; }

    IDataView? ValidationSet { get; }

    double? MaximumGradientNorm { get; }

    string? CheckpointFolder { get; }

    CheckpointOptions Checkpoints { get; }

    CancellationResult OnCancellation { get; }

    EarlyStoppingOptions? EarlyStopping { get; }

    WeightAverageOptions? WeightAverage { get; }

    RecoveryOptions? Recovery { get; }

    BaselineComparisonOptions? CompareToBaseline { get; }
}
