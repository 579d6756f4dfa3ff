namespace Microsoft.ML.Distillation;

/// <summary>What a cancelled run ends with. Either way it stops within one batch, and leaves a checkpoint where a folder is set.</summary>
public enum CancellationResult
{
    /// <summary>An <see cref="OperationCanceledException"/>.</summary>
    Throw,

    /// <summary>
    /// The best model so far: that of the best epoch, or without one of the last batch. A run that is cancelled before its first batch is done has none and throws.
    /// </summary>
    ReturnBest,
}
