using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>
/// A running mean of the student's weights, which is validated and returned in their place: after step t, <c>w̄ ← d·w̄ + (1 − d)·w</c> with <c>d = D·(1 − e^{−t/τ})</c>, so that
/// the first steps, far from the last, are soon forgotten. BatchNorm's means and variances are the student's own.
/// </summary>
/// <remarks>
/// Polyak and Juditsky: "Acceleration of stochastic approximation by averaging", 1992; the warm-up is that of YOLOv5 (<c>ModelEMA</c>), which averages BatchNorm's statistics too.
/// Memory: the student's weights once more.
/// </remarks>
public sealed class WeightAverageOptions
{
    /// <summary>D: share of the mean that stays at each step.</summary>
    /// <value>Above 0 and below 1; default 0.9999.</value>
    public double Decay { get; init; } = .9999;

    /// <summary>τ: steps of the warm-up.</summary>
    /// <value>0 or more; default 2000. 0 for none.</value>
    public double WarmUpSteps { get; init; } = 2000;

    internal void Validate(Faults faults)
    {
        faults.AddIf(!(Decay > 0 && Decay < 1), $"WeightAverage.Decay is {Decay}; it must be above 0 and below 1.");
        faults.AddIf(!(WarmUpSteps >= 0 && double.IsFinite(WarmUpSteps)), $"WeightAverage.WarmUpSteps is {WarmUpSteps}; it must be 0 or more.");
    }

    /// <summary>d after <paramref name="updates"/> steps, from 1.</summary>
    internal double DecayAfter(long updates) => WarmUpSteps == 0 ? Decay : Decay * (1 - Math.Exp(-updates / WarmUpSteps));

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"decay {Decay} warm-up {WarmUpSteps}");
}
