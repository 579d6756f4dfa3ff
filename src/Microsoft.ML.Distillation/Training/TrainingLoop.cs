using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>The training loop of every task: epochs, steps, optimiser, schedule and what is reported of them.</summary>
internal sealed class TrainingLoop(TrainingSettings settings, ITrainingTask task, ProgressReporter progress)
{
    private readonly PhaseClock _clock = new();

    public TrainingHistory Run()
    {
        var history = new TrainingHistory([], [], [], _clock, (long)settings.Epochs * task.StepsPerEpoch * task.BatchSize, settings.Epochs);
        using var optimizer = settings.Optimizer.Create([.. task.Modules.SelectMany(m => m.Module.parameters())]);
        progress.StartTraining(settings.Epochs, task.StepsPerEpoch, task.BatchSize);
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            using var means = new TermMeans();
            RunEpoch(epoch, optimizer, means);
            Record(history, means.Read());
            if (task.Metric is not null)
                history.ValidationAccuracy.Add(progress.Validated(epoch, task.Metric, Validate()));
        }
        progress.Trained(task.TeacherCache);
        return history with { TeacherCache = task.TeacherCache };
    }

    private void RunEpoch(int epoch, OptimizerHelper optimizer, TermMeans means)
    {
        foreach (var trained in task.Modules)
            trained.Module.train();
        _clock.Skip();
        long number = (long)epoch * task.StepsPerEpoch;
        foreach (var step in task.Epoch(epoch, first: 0))
        {
            settings.Cancellation.ThrowIfCancellationRequested();
            var rate = settings.Optimizer.LearningRate * settings.Schedule.Factor(number, task.StepsPerEpoch, settings.Epochs);
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = rate;
            Step(step, optimizer, means);
            progress.Stepped(epoch, ++number, rate, means);
            ThrowIfDiverged(means.Known, epoch);
        }
    }

    private void Step(TrainingStep step, OptimizerHelper optimizer, TermMeans means)
    {
        using var scope = NewDisposeScope();
        var terms = step.Compute(_clock);
        optimizer.zero_grad();
        terms[^1].Value.backward();
        _clock.Mark("student");
        optimizer.step();
        means.Add(terms);
        _clock.Mark("optimiser");
    }

    private double Validate()
    {
        foreach (var trained in task.Modules)
            trained.Module.eval();
        return task.Validate(settings.Cancellation);
    }

    // A run that broke early in a long epoch is not to go on to the epoch's end.
    private void ThrowIfDiverged(IReadOnlyDictionary<string, double>? means, int epoch)
    {
        if (means?.FirstOrDefault(m => !double.IsFinite(m.Value)) is { Key: not null } broken)
        {
            throw new InvalidOperationException($"Training diverged in epoch {epoch + 1} of {settings.Epochs}: loss term '{broken.Key}' is {broken.Value}. "
                + "Lower Optimizer.LearningRate or the methods' weights, or give the schedule more warm-up epochs.");
        }
    }

    private void Record(TrainingHistory history, IReadOnlyDictionary<string, double> means)
    {
        foreach (var (name, value) in means)
        {
            if (!history.Terms.TryGetValue(name, out var values))
                history.Terms.Add(name, values = []);
            values.Add(value);
        }
        history.LearningRate.Add(progress.LearningRate);
    }
}
