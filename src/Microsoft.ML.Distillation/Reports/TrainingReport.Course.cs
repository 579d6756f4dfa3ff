namespace Microsoft.ML.Distillation;

public sealed partial record TrainingReport
{
    /// <summary>The epoch that did best on the validation images, from 1, the later one of equals; with <see cref="DistillationOptions.KeepBest"/> its weights are returned. Null without validation images.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>What went wrong in training and was tried again (<see cref="DistillationOptions.Recovery"/>), a sentence each; empty where nothing did.</summary>
    public IReadOnlyList<string> Retries { get; init; } = [];

    /// <summary>Whether <see cref="DistillationOptions.EarlyStopping"/> ended the run.</summary>
    public bool StoppedEarly { get; init; }

    /// <summary>Whether the run was cancelled, and the model is what there was (<see cref="CancellationResult.ReturnBest"/>).</summary>
    public bool Cancelled { get; init; }

    /// <summary>Steps that came from a checkpoint; 0 for a run from the beginning.</summary>
    public long ResumedAt { get; init; }
}
