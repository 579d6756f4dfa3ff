using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>The learning rate's course over a run, as a factor of the optimiser's learning rate.</summary>
public abstract class LearningRateSchedule
{
    private protected LearningRateSchedule()
    {
    }

    /// <summary>The factor for one step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="stepsPerEpoch">Steps in an epoch, at least 1.</param>
    /// <param name="epochs">Epochs of the run, at least 1.</param>
    /// <returns>The factor, 0…1.</returns>
    public abstract double Factor(long step, long stepsPerEpoch, int epochs);

    internal abstract void Validate(Faults faults, int epochs);
}

/// <summary>A linear rise over the warm-up epochs, then half a cosine down to <see cref="FinalFactor"/>, changed at every step.</summary>
public sealed class WarmUpCosine : LearningRateSchedule
{
    /// <summary>Length of the rise.</summary>
    /// <value>0 or more epochs, fewer than the run has; default 1. Runs of one epoch have none.</value>
    public int WarmUpEpochs { get; init; } = 1;

    /// <summary>What is left of the rate at the end.</summary>
    /// <value>0 to 1; default 0.</value>
    public double FinalFactor { get; init; }

    /// <inheritdoc/>
    public override double Factor(long step, long stepsPerEpoch, int epochs)
    {
        var rise = epochs > 1 ? WarmUpEpochs * stepsPerEpoch : 0;
        if (step < rise)
            return (step + 1.0) / rise;
        var fall = epochs * stepsPerEpoch - rise;
        return FinalFactor + (1 - FinalFactor) * .5 * (1 + Math.Cos(Math.PI * Math.Min(step - rise, fall) / fall));
    }

    internal override void Validate(Faults faults, int epochs)
    {
        faults.AddIf(
            WarmUpEpochs < 0 || (epochs > 1 && WarmUpEpochs >= epochs),
            $"Schedule.WarmUpEpochs is {WarmUpEpochs}; it must be 0 or more and below Epochs ({epochs}).");
        faults.AddIf(!(FinalFactor is >= 0 and <= 1), FormattableString.Invariant($"Schedule.FinalFactor is {FinalFactor}; it must be 0 to 1."));
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{WarmUpEpochs} warm-up epochs, cosine to {FinalFactor}");
}

/// <summary>The full learning rate, divided at the given epochs: the schedule of most distillation papers.</summary>
public sealed class StepDecay : LearningRateSchedule
{
    /// <summary>Epochs, from 0, at whose start the rate is multiplied by <see cref="Gamma"/>.</summary>
    /// <value>Ascending, the first below the run's epochs; default 150, 180, 210 (RepDistiller's, for 240 epochs).</value>
    public IReadOnlyList<int> Milestones { get; init => field = value?.ToArray()!; } = [150, 180, 210];

    /// <summary>What the rate is multiplied by at each milestone.</summary>
    /// <value>Above 0 up to 1; default 0.1.</value>
    public double Gamma { get; init; } = .1;

    /// <inheritdoc/>
    public override double Factor(long step, long stepsPerEpoch, int epochs) =>
        Math.Pow(Gamma, Milestones.Count(m => step / stepsPerEpoch >= m));

    internal override void Validate(Faults faults, int epochs)
    {
        faults.AddIf(!(Gamma > 0 && Gamma <= 1), FormattableString.Invariant($"Schedule.Gamma is {Gamma}; it must be above 0 and at most 1."));
        if (Milestones is null)
        {
            faults.Add("Schedule.Milestones is null; give the epochs, or an empty list.");
            return;
        }
        faults.AddIf(
            Milestones.Count > 0 && Milestones[0] >= epochs,
            $"Schedule.Milestones are {string.Join(", ", Milestones)}, and the run has {epochs} epochs, so that the rate would never fall: give milestones below Epochs (the default's lie at 5/8, 3/4 and 7/8 of 240 epochs), or take ConstantRate.");
        faults.AddIf(Milestones.Zip(Milestones.Skip(1)).Any(p => p.First >= p.Second), $"Schedule.Milestones are {string.Join(", ", Milestones)}; they must ascend.");
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"×{Gamma} at epochs {string.Join(", ", Milestones)}");
}

/// <summary>The full learning rate throughout.</summary>
public sealed class ConstantRate : LearningRateSchedule
{
    /// <inheritdoc/>
    public override double Factor(long step, long stepsPerEpoch, int epochs) => 1;

    internal override void Validate(Faults faults, int epochs)
    {
    }

    /// <inheritdoc/>
    public override string ToString() => "constant";
}
