namespace Microsoft.ML.Distillation.Training;

/// <summary>
/// The trainings of a comparison, two a seed in turn, so that whatever else the machine does meets both kinds alike. The model to return is the first distilled one; whatever else
/// fails costs the comparison alone.
/// </summary>
/// <param name="measured">What a student is worth on the held-out images, 0…1; null where it was not measured.</param>
internal sealed class ComparedRuns<TRun>(Func<TRun, double?> measured) where TRun : class
{
    private readonly List<SeedGain> _gains = [];
    private TRun? _lastBaseline;

    /// <summary>What ended the comparison; null where nothing failed.</summary>
    public Exception? Broken { get; private set; }

    public TRun? Returned { get; private set; }

    public TRun? FirstBaseline { get; private set; }

    /// <summary>One a seed; null where the comparison was ended early.</summary>
    public IReadOnlyList<SeedGain>? Gains => Goes ? _gains : null;

    private bool Goes { get; set; } = true;

    /// <param name="seed">The first; the others follow it.</param>
    /// <param name="trainings">All that the run takes, those of the comparison among them.</param>
    /// <param name="alone">Trains a student of a seed without teacher and methods.</param>
    /// <param name="distilled">Trains one with them.</param>
    public void Train(int seed, int seeds, int trainings, ProgressReporter progress, Func<int, TRun> alone, Func<int, TRun> distilled)
    {
        for (var i = 0; i < seeds && Goes; i++)
        {
            var runSeed = unchecked(seed + i);
            progress.StartRun(2 * i + 1, trainings, FormattableString.Invariant($"without teacher and methods, seed {runSeed}"));
            Baseline(() => alone(runSeed));
            if (!Goes && Returned is not null)
                return;
            progress.StartRun(2 * i + 2, trainings, FormattableString.Invariant($"distilled, seed {runSeed}"));
            Distilled(runSeed, () => distilled(runSeed));
        }
    }

    private void Baseline(Func<TRun> train)
    {
        if (TryTrain(train) is { } run)
            (FirstBaseline, _lastBaseline) = (FirstBaseline ?? run, run);
    }

    private void Distilled(int seed, Func<TRun> train)
    {
        // Without a model nothing is to be saved: then what fails is the user's to know.
        var run = Returned is null ? train() : TryTrain(train);
        Returned ??= run;
        if (run is not null && measured(run) is { } distilled && _lastBaseline is not null && measured(_lastBaseline) is { } baseline && Goes)
            _gains.Add(new SeedGain(seed, baseline, distilled));
        else
            Goes = false;
    }

    private TRun? TryTrain(Func<TRun> train)
    {
        try
        {
            return train();
        }
        catch (OperationCanceledException) when (Returned is null)
        {
            throw;
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            (Goes, Broken) = (false, broken is OperationCanceledException ? null : broken);
            return null;
        }
    }
}
