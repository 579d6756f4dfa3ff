using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>
/// What a run does when its numbers go wrong, that is when a loss term or a gradient is not finite: it goes back to the last good state, lowers the learning rate for the rest of the run, and
/// tries again.
/// </summary>
/// <remarks>
/// On a CPU every step is looked at; on a GPU, where looking means waiting for the device, every 25 steps, at the end of an epoch and before a state is kept. Memory: the state is
/// kept once more, which is three times the student's weights and the helpers'.
/// </remarks>
public sealed class RecoveryOptions
{
    /// <summary>How often a run is set back before it fails.</summary>
    /// <value>0 or more; default 3.</value>
    public int Retries { get; init; } = 3;

    /// <summary>What the learning rate is multiplied by at each retry.</summary>
    /// <value>Above 0 and below 1; default 0.5.</value>
    public double RateFactor { get; init; } = .5;

    /// <summary>Batches of an epoch from one kept state to the next; one is kept at each epoch's beginning in any case.</summary>
    /// <value>At least 1; default 100.</value>
    public int EverySteps { get; init; } = 100;

    internal void Validate(Faults faults)
    {
        faults.AddIf(Retries < 0, $"Recovery.Retries is {Retries}; it must be 0 or more.");
        faults.AddIf(!(RateFactor > 0 && RateFactor < 1), $"Recovery.RateFactor is {RateFactor}; it must be above 0 and below 1.");
        faults.AddIf(EverySteps < 1, $"Recovery.EverySteps is {EverySteps}; it must be at least 1.");
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"retries {Retries} rate factor {RateFactor} every {EverySteps} steps");
}
