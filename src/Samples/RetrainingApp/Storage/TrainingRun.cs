namespace Samples.RetrainingApp.Storage;

/// <summary>A retraining: under way, or how it ended.</summary>
/// <param name="State"><see cref="RunState"/>.</param>
/// <param name="Parent">The version in service when it began; null where there was none.</param>
/// <param name="Promote">Whether its model goes into service by itself when it is not worse.</param>
/// <param name="ResumedAt">The training step it went on from after a restart; 0 for never.</param>
/// <param name="Message">How it ended.</param>
/// <param name="Version">What it made; null for nothing.</param>
internal sealed record TrainingRun(long Id, string State, string Started, long? Parent, int Epochs, bool Promote, long ResumedAt, string? Message, long? Version);

/// <summary>What may stand in the state of a run.</summary>
internal static class RunState
{
    /// <summary>Under way; after a restart it goes on.</summary>
    public const string Running = "running";

    public const string Done = "done", Cancelled = "cancelled", Failed = "failed";
}

/// <summary>An image with the label that it had when a run began: corrections that come later are the next run's.</summary>
/// <param name="Boxes">The objects on it, where it is objects that have classes.</param>
internal sealed record RunImage(string Id, string Format, string Label, bool HeldOut, IReadOnlyList<ObjectBox> Boxes);
