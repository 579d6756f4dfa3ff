using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>When a run writes a checkpoint, beside the end of each epoch: whichever of these comes first.</summary>
/// <remarks>
/// A checkpoint is written to a temporary file, flushed to the disk and renamed, and the one before it is kept: a file that is cut off or damaged is told by its checksum, and the
/// earlier one is used. It holds the weights and statistics of the student and of the methods' helpers, the optimiser's state, averaged and best weights, and the run's course: three to five
/// times the size of the student's weights, and a method's banks. A checkpoint that can't be written, as on a full disk, is a warning in ML.NET's log; the run goes on.
/// </remarks>
public sealed class CheckpointOptions
{
    /// <summary>Batches from one checkpoint to the next.</summary>
    /// <value>At least 1; default null, for none by this count.</value>
    public int? EverySteps { get; init; }

    /// <summary>Time from one checkpoint to the next; it is written where the run next keeps its state in memory (<see cref="RecoveryOptions.EverySteps"/>).</summary>
    /// <value>Above zero; default 5 minutes. Null for none by the clock.</value>
    public TimeSpan? Every { get; init; } = TimeSpan.FromMinutes(5);

    internal void Validate(Faults faults)
    {
        faults.AddIf(EverySteps < 1, $"Checkpoints.EverySteps is {EverySteps}; it must be at least 1, or null.");
        faults.AddIf(Every <= TimeSpan.Zero, $"Checkpoints.Every is {Every}; it must be above zero, or null.");
    }
}
