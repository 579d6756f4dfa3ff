using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>Ends a run when what is measured on the validation images rises no more.</summary>
/// <remarks>A schedule that falls towards the run's last epoch is cut short with it: choose a patience that lets it fall, or a constant rate.</remarks>
public sealed class EarlyStoppingOptions
{
    /// <summary>Epochs in a row without a gain after which the run ends.</summary>
    /// <value>At least 1; default 10.</value>
    public int Patience { get; init; } = 10;

    /// <summary>What an epoch must have over the last one that gained, to be a gain itself.</summary>
    /// <value>0 or more, of the metric (an accuracy is 0…1); default 0: anything above counts.</value>
    public double MinimumGain { get; init; }

    internal void Validate(Faults faults)
    {
        faults.AddIf(Patience < 1, $"EarlyStopping.Patience is {Patience}; it must be at least 1.");
        faults.AddIf(!(MinimumGain >= 0 && double.IsFinite(MinimumGain)), $"EarlyStopping.MinimumGain is {MinimumGain}; it must be 0 or more.");
    }

    /// <summary>Whether a run whose epochs measured <paramref name="values"/> is to end.</summary>
    internal bool Ends(IReadOnlyList<double> values)
    {
        var (gained, without) = (double.NegativeInfinity, 0);
        foreach (var value in values)
            (gained, without) = value > gained + MinimumGain ? (value, 0) : (gained, without + 1);
        return without >= Patience;
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"patience {Patience} gain {MinimumGain}");
}
