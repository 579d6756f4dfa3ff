namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>The trainings of a comparison as they come in. The model to return is the first distilled one; whatever else fails costs the comparison alone.</summary>
internal sealed class ComparedRuns
{
    private readonly List<SeedGain> _gains = [];
    private StudentRun? _firstBaseline, _lastBaseline;

    /// <summary>Whether there is any use in more trainings.</summary>
    public bool Goes { get; private set; } = true;

    /// <summary>What ended the comparison; null where nothing failed.</summary>
    public Exception? Broken { get; private set; }

    public StudentRun? Returned { get; private set; }

    public void Baseline(Func<StudentRun> train)
    {
        if (TryTrain(train) is { } run)
            (_firstBaseline, _lastBaseline) = (_firstBaseline ?? run, run);
    }

    public void Distilled(int seed, Func<StudentRun> train)
    {
        // Without a model nothing is to be saved: then what fails is the user's to know.
        var run = Returned is null ? train() : TryTrain(train);
        Returned ??= run;
        if (run?.HeldOut?.Scores is { } distilled && _lastBaseline?.HeldOut?.Scores is { } baseline && Goes)
            _gains.Add(new SeedGain(seed, baseline.Accuracy, distilled.Accuracy));
        else
            Goes = false;
    }

    /// <param name="images">Held-out images.</param>
    /// <param name="epochsChosen">Whether they chose epochs.</param>
    public StudentRuns Result(int images, bool epochsChosen) => new(Returned!, _firstBaseline, Goes ? BaselineComparison.Of(_gains, images, epochsChosen) : null);

    private StudentRun? TryTrain(Func<StudentRun> train)
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
