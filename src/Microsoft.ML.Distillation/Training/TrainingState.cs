using TorchSharp.Modules;

namespace Microsoft.ML.Distillation.Training;

/// <summary>All that a run changes: what is trained, how, and how far it has come.</summary>
internal sealed class TrainingState : IDisposable
{
    public TrainingState(LoopSettings settings, ITrainingTask task)
    {
        var returned = task.Modules.Where(m => m.Returned).ToList();
        Parameters = [.. task.Modules.SelectMany(m => m.Module.parameters())];
        Optimizer = settings.Optimizer.Create(Parameters);
        Means = new TermMeans(task.Device);
        Average = settings.WeightAverage is null ? null : new WeightAverage(settings.WeightAverage, returned);
        Best = new BestWeights(returned);
        List<(string, ITensorState)> parts = [.. task.Modules.Select(m => (m.Name, (ITensorState)new ModuleTensors(m.Module)))];
        parts.AddRange([("optimiser", new OptimizerTensors(Optimizer)), ("means", Means)]);
        if (task.OwnState is { } own)
            parts.Add(("task", own));
        if (Average is not null)
            parts.Add(("average", Average));
        Current = new StateParts(parts);
        All = new StateParts([.. parts, ("best", Best)]);
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    public OptimizerHelper Optimizer { get; }

    /// <summary>Of this epoch so far.</summary>
    public TermMeans Means { get; }

    public WeightAverage? Average { get; }

    public BestWeights Best { get; }

    /// <summary>What a step changes.</summary>
    public StateParts Current { get; }

    /// <summary>That, and what an epoch's end changes.</summary>
    public StateParts All { get; }

    public TrainingRecord Record { get; set; } = new();

    public PhaseClock Clock { get; } = new();

    /// <summary>Puts the weights to return into the modules: the best, or the averaged, or those that are there.</summary>
    public void Settle()
    {
        if (Best.Any)
            Best.Apply();
        else
            Average?.Apply();
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        Means.Dispose();
        Average?.Dispose();
        Best.Dispose();
    }
}
