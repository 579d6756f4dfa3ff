namespace Microsoft.ML.Distillation.Training;

/// <summary>Keeps a run's last good state, and goes back to it when its numbers go wrong (<see cref="RecoveryOptions"/>).</summary>
internal sealed class Recovery(LoopSettings settings, TrainingState state, int stepsPerEpoch) : IDisposable
{
    private static readonly int DefaultSteps = new RecoveryOptions().EverySteps;
    private readonly StateCopy _kept = new();
    private long _keptStep;

    /// <summary>Whether the state is to be kept after so many steps of an epoch: a function of their number, so that a run that is gone on with keeps the same ones.</summary>
    public bool IsDueAt(long stepInEpoch) => stepInEpoch % (settings.Recovery?.EverySteps ?? DefaultSteps) == 0;

    /// <summary>Keeps the state as it is, which must be good.</summary>
    public void Keep()
    {
        if (settings.Recovery is null)
            return;
        _kept.Take(state.Current.Tensors);
        _keptStep = state.Record.Step;
    }

    /// <summary>Goes back to the state that was kept last, within the same epoch, and lowers the learning rate.</summary>
    /// <returns>What happened, in words.</returns>
    /// <exception cref="InvalidOperationException">It was tried often enough.</exception>
    public string GoBack(WrongNumber wrong)
    {
        var record = state.Record;
        if (settings.Recovery is not { } options || record.Retries.Count >= options.Retries)
            throw Failure(wrong);
        state.Current.Restore(_kept.Tensors);
        record.Step = _keptStep;
        record.RateFactor *= options.RateFactor;
        record.Retries.Add(FormattableString.Invariant(
            $"Step {wrong.Step + 1}: {wrong.What} is {wrong.Value} on rows {Text(wrong.Rows)}. Back to step {_keptStep}, with {record.RateFactor} of the learning rate (retry {record.Retries.Count + 1} of {options.Retries})."));
        return record.Retries[^1];
    }

    public void Dispose() => _kept.Dispose();

    private InvalidOperationException Failure(WrongNumber wrong)
    {
        var record = state.Record;
        var tried = record.Retries.Count == 0 ? "" : FormattableString.Invariant(
            $"It was set back {record.Retries.Count} times, and went on with {record.RateFactor} of the learning rate at last. ");
        return new InvalidOperationException(FormattableString.Invariant(
            $"Training diverged in epoch {wrong.Step / stepsPerEpoch + 1} of {settings.Epochs}, at step {wrong.Step + 1} of {(long)settings.Epochs * stepsPerEpoch}: {wrong.What} is {wrong.Value} on rows {Text(wrong.Rows)}. ")
            + tried + "Look at those rows, lower Optimizer.LearningRate or the methods' weights, set MaximumGradientNorm, or give the schedule more warm-up epochs.");
    }

    private static string Text(IReadOnlyList<int> rows) => string.Join(", ", rows);
}
