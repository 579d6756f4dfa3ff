using System.Diagnostics;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation.Training;

/// <summary>Tells the user's callback, a few times a second, and ML.NET's log, once an epoch, where a run stands.</summary>
internal sealed class ProgressReporter(IProgress<DistillationProgress>? listener, IChannel log, int epochs)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(.25);
    private long _lastReport;
    private long _trainingStart;
    private long _epochStart;
    private long _firstStep;
    private long _epochFirstStep;
    private int _stepsPerEpoch;
    private int _batchSize;
    private DistillationProgress _last = new() { Phase = DistillationPhase.LoadingImages };

    public void Entered(DistillationPhase phase, string message)
    {
        log.Info(MessageSensitivity.None, message);
        Report(_last = _last with { Phase = phase, Epochs = epochs });
    }

    public void StartRun(int run, int runs, string what)
    {
        log.Info(MessageSensitivity.None, $"Training {run} of {runs}: {what}.");
        _last = new DistillationProgress { Phase = DistillationPhase.Training, Epochs = epochs, Run = run, Runs = runs };
    }

    public void Loaded(long images)
    {
        if (Due())
            Report(_last with { Phase = DistillationPhase.LoadingImages, Step = images, Epochs = epochs });
    }

    /// <param name="firstStep">Steps that are done already.</param>
    public void StartTraining(int totalEpochs, int stepsPerEpoch, int batchSize, long firstStep = 0)
    {
        _firstStep = _epochFirstStep = firstStep;
        (_stepsPerEpoch, _batchSize) = (stepsPerEpoch, batchSize);
        _trainingStart = _epochStart = Stopwatch.GetTimestamp();
        _last = _last with { Phase = DistillationPhase.Training, Step = firstStep, Steps = (long)totalEpochs * stepsPerEpoch };
        log.Info(MessageSensitivity.None, $"Training: {totalEpochs} epochs of {stepsPerEpoch} batches of {batchSize} images.");
    }

    public void Stepped(int epoch, long step, double rate, TermMeans means)
    {
        var ends = step == (epoch + 1L) * _stepsPerEpoch;
        _last = _last with { Phase = DistillationPhase.Training, Epoch = epoch + 1, Step = step, LearningRate = rate };
        // Reading means waits for the device: only for somebody who listens.
        if (!ends && (listener is null || !Due()))
            return;
        var elapsed = Stopwatch.GetElapsedTime(_epochStart).TotalSeconds;
        _last = _last with
        {
            Terms = means.Read(),
            ImagesPerSecond = (step - _epochFirstStep) * _batchSize / Math.Max(elapsed, 1e-9),
            Remaining = Stopwatch.GetElapsedTime(_trainingStart) * ((_last.Steps - step) / (double)(step - _firstStep)),
        };
        Report(_last);
        if (!ends)
            return;
        log.Info(MessageSensitivity.None, FormattableString.Invariant(
            $"Epoch {epoch + 1} of {epochs}: {string.Join(", ", _last.Terms.Select(t => FormattableString.Invariant($"{t.Key} {t.Value:0.0000}")))}, {_last.ImagesPerSecond:0} images/s."));
        (_epochStart, _epochFirstStep) = (Stopwatch.GetTimestamp(), step);
    }

    public void Validated(int epoch, string metric, double value, double best)
    {
        log.Info(MessageSensitivity.None, FormattableString.Invariant($"Epoch {epoch + 1} of {epochs}: {metric} {value:0.0000}."));
        Report(_last = _last with { Phase = DistillationPhase.Validating, ValidationAccuracy = value, BestValidationAccuracy = best });
        _epochStart = Stopwatch.GetTimestamp();
    }

    public void Resumed(string folder, TrainingRecord record)
    {
        log.Info(MessageSensitivity.None, record.Finished
            ? $"The run in '{folder}' is finished: its result is returned."
            : FormattableString.Invariant($"Going on from step {record.Step} of the run in '{folder}'."));
        _last = _last with
        {
            Retries = record.Retries.Count,
            ValidationAccuracy = record.Validation.Count == 0 ? null : record.Validation[^1],
            BestValidationAccuracy = record.Validation.Count == 0 ? null : record.Validation.Max(),
        };
    }

    public void SetBack(string what, int retries, long step)
    {
        log.Warning(MessageSensitivity.None, what);
        Report(_last = _last with { Retries = retries, Step = step });
        // The pace is told anew: steps that are done twice would make it too slow.
        _trainingStart = _epochStart = Stopwatch.GetTimestamp();
        _firstStep = _epochFirstStep = step;
    }

    public void Saving() => Report(_last with { Phase = DistillationPhase.SavingCheckpoint });

    public void Warn(string what) => log.Warning(MessageSensitivity.None, what);

    public void Trained(TeacherCacheReport? cache)
    {
        if (cache is not null)
            log.Info(MessageSensitivity.None, $"Teacher cache: {cache}.");
    }

    private bool Due() => Stopwatch.GetElapsedTime(_lastReport) >= Interval;

    private void Report(DistillationProgress state)
    {
        _lastReport = Stopwatch.GetTimestamp();
        listener?.Report(state);
    }
}
