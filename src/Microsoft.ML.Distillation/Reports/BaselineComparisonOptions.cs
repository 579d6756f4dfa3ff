using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>How a run asks whether distillation helps on its data: the same student is trained as often without teacher and methods.</summary>
public sealed class BaselineComparisonOptions
{
    internal const string WithoutHeldOut =
        "CompareToBaseline measures on images that train nobody, and there is no validation data: set ValidationSet or ValidationFraction, or give Fit a validation set.";

    /// <summary>Seeds, each of which trains one student without and one with distillation, on one after the other: the run's own seed and those that follow it.</summary>
    /// <value>At least 1; default 3, the fewest of which anything can be said.</value>
    public int Seeds { get; init; } = 3;

    internal void Validate(Faults faults) => faults.AddIf(Seeds < 1, $"CompareToBaseline.Seeds is {Seeds}; it must be at least 1, and 3 or more for an answer.");

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Seeds} seeds");
}
