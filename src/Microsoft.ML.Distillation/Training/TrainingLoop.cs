using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>
/// The training loop of every task: steps and epochs, what is measured and returned, checkpoints, and what happens when a run is cancelled or its numbers go wrong.
/// </summary>
internal sealed class TrainingLoop : IDisposable
{
    private readonly LoopSettings _settings;
    private readonly ITrainingTask _task;
    private readonly ProgressReporter _progress;
    private readonly TrainingState _state;
    private readonly Recovery _recovery;
    private readonly RunCheckpoints _checkpoints;
    private readonly NumberWatch _watch;
    private bool _inStep;

    public TrainingLoop(LoopSettings settings, ITrainingTask task, ProgressReporter progress, CheckpointFolder? checkpoints = null)
    {
        (_settings, _task, _progress) = (settings, task, progress);
        _state = new TrainingState(settings, task);
        try
        {
            _recovery = new Recovery(settings, _state, task.StepsPerEpoch);
            _checkpoints = new RunCheckpoints(checkpoints, settings, task, _state, progress);
            _watch = new NumberWatch(task.Device, settings.LookEvery);
        }
        catch
        {
            _state.Dispose();
            throw;
        }
    }

    private TrainingRecord Record => _state.Record;

    private long StepInEpoch => Record.Step - (long)Record.Epochs * _task.StepsPerEpoch;

    /// <exception cref="InvalidOperationException">The run's numbers went wrong too often, or the checkpoint is of another run.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, and the settings want to hear of it so, or no step was done.</exception>
    public TrainingHistory Run()
    {
        using var heap = new KeptHeap();
        _checkpoints.Resume();
        var resumedAt = Record.Step;
        _progress.StartTraining(_settings.Epochs, _task.StepsPerEpoch, _task.BatchSize, resumedAt);
        var cancelled = false;
        try
        {
            while (!Record.Finished)
            {
                if (StepInEpoch == _task.StepsPerEpoch)
                    EndEpoch();
                else
                    TrainEpoch();
            }
        }
        catch (OperationCanceledException) when (_settings.Cancellation.IsCancellationRequested)
        {
            EndCancelled();
            if (_settings.OnCancellation == CancellationResult.Throw || Record.Step == 0)
                throw;
            _state.Settle();
            cancelled = true;
        }
        _progress.Trained(_task.TeacherCache);
        return History(resumedAt, cancelled);
    }

    public void Dispose()
    {
        _watch.Dispose();
        _recovery.Dispose();
        _state.Dispose();
    }

    /// <summary>The steps that are left of an epoch, or as many as go well.</summary>
    private void TrainEpoch()
    {
        foreach (var trained in _task.Modules)
            trained.Module.train();
        _recovery.Keep();
        _state.Clock.Skip();
        var epoch = Record.Epochs;
        foreach (var step in _task.Epoch(epoch, (int)StepInEpoch))
        {
            _settings.Cancellation.ThrowIfCancellationRequested();
            var rate = RateAt(Record.Step);
            Step(step, rate);
            var ends = StepInEpoch == _task.StepsPerEpoch;
            var keeps = !ends && (_recovery.IsDueAt(StepInEpoch) || _checkpoints.IsDueAt(Record.Step));
            if ((ends || keeps || _watch.IsDue) && _watch.Look() is { } wrong)
            {
                _progress.SetBack(_recovery.GoBack(wrong), Record.Retries.Count, Record.Step);
                return;
            }
            _progress.Stepped(epoch, Record.Step, rate, _state.Means);
            if (keeps)
                Keep();
        }
    }

    private void Step(TrainingStep step, double rate)
    {
        using var scope = NewDisposeScope();
        var optimizer = _state.Optimizer;
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = rate;
        _inStep = true;
        var terms = step.Compute(_state.Clock);
        optimizer.zero_grad();
        terms[^1].Value.backward();
        var norm = _settings.MaximumGradientNorm is { } maximum ? GradientNorm.Clip(_state.Parameters, maximum) : GradientNorm.Of(_state.Parameters);
        _state.Clock.Mark("student");
        optimizer.step();
        _state.Average?.Update();
        _state.Means.Add(terms);
        _watch.Add(Record.Step, step.Rows, terms, norm);
        Record.Step++;
        _inStep = false;
        _state.Clock.Mark("optimiser");
    }

    private void Keep()
    {
        _recovery.Keep();
        if (_checkpoints.IsDueAt(Record.Step) || _checkpoints.IsDueNow)
            _checkpoints.Save();
        _state.Clock.Skip();
    }

    /// <summary>Everything that can fail or be cancelled comes first: a run is taken up before the end of an epoch, or after it.</summary>
    private void EndEpoch()
    {
        var means = _state.Means.Read();
        var measured = Measure();
        Record.EndEpoch(means, RateAt(Record.Step - 1), measured);
        _state.Means.Clear();
        if (measured is { } value)
            _progress.Validated(Record.Epochs - 1, _task.Metric!, value, Record.Validation.Max());
        Record.StoppedEarly = Record.Epochs < _settings.Epochs && _settings.EarlyStopping?.Ends(Record.Validation) == true;
        Record.Finished = Record.StoppedEarly || Record.Epochs == _settings.Epochs;
        if (Record.Finished)
            _state.Settle();
        _checkpoints.Save();
    }

    /// <summary>What the weights that would be returned are worth; they are kept where none were worth more.</summary>
    private double? Measure()
    {
        if (_task.Metric is null)
            return null;
        foreach (var trained in _task.Modules)
            trained.Module.eval();
        using var averaged = _state.Average?.Lend();
        var value = _task.Validate(_settings.Cancellation);
        if (_settings.KeepBest && Record.Validation.All(earlier => value >= earlier))
            _state.Best.Take();
        return value;
    }

    private void EndCancelled()
    {
        if (_watch.Look() is not null)
            _recovery.TakeBack();
        else if (!_inStep && Record.Step > 0)
            _checkpoints.Save();
    }

    private double RateAt(long step) => _settings.Optimizer.LearningRate * _settings.Schedule.Factor(step, _task.StepsPerEpoch, _settings.Epochs) * Record.RateFactor;

    private TrainingHistory History(long resumedAt, bool cancelled) => new(
        Record.Terms, Record.LearningRate, Record.Validation, _state.Clock, Record.Step * _task.BatchSize, Record.Epochs)
    {
        TeacherCache = _task.TeacherCache,
        Findings = _task.Findings,
        MethodFactors = _task.MethodFactors,
        SecondsPerEpoch = _state.Clock.TotalSeconds * _task.StepsPerEpoch / Record.Step,
        BestEpoch = Record.BestEpoch,
        Retries = Record.Retries,
        StoppedEarly = Record.StoppedEarly,
        Cancelled = cancelled,
        ResumedAt = resumedAt,
    };
}
