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
    private int _stepsPerEpoch;
    private int _batchSize;
    private DistillationProgress _last = new() { Phase = DistillationPhase.LoadingImages };

    public double LearningRate => _last.LearningRate;

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

    public void StartTraining(int totalEpochs, int stepsPerEpoch, int batchSize)
    {
        (_stepsPerEpoch, _batchSize) = (stepsPerEpoch, batchSize);
        _trainingStart = _epochStart = Stopwatch.GetTimestamp();
        _last = _last with { Phase = DistillationPhase.Training, Step = 0, Steps = (long)totalEpochs * stepsPerEpoch };
        log.Info(MessageSensitivity.None, $"Training: {totalEpochs} epochs of {stepsPerEpoch} batches of {batchSize} images.");
    }

    public void Stepped(int epoch, long step, double rate, TermMeans means)
    {
        var inEpoch = step - (long)epoch * _stepsPerEpoch;
        var ends = inEpoch == _stepsPerEpoch;
        _last = _last with { Phase = DistillationPhase.Training, Epoch = epoch + 1, Step = step, LearningRate = rate };
        if (!ends && !Due())
            return;
        var elapsed = Stopwatch.GetElapsedTime(_epochStart).TotalSeconds;
        _last = _last with
        {
            Terms = means.Read(),
            ImagesPerSecond = inEpoch * _batchSize / Math.Max(elapsed, 1e-9),
            Remaining = Stopwatch.GetElapsedTime(_trainingStart) * ((_last.Steps - step) / (double)step),
        };
        Report(_last);
        if (!ends)
            return;
        log.Info(MessageSensitivity.None, FormattableString.Invariant(
            $"Epoch {epoch + 1} of {epochs}: {string.Join(", ", _last.Terms.Select(t => $"{t.Key} {t.Value:0.0000}"))}, {_last.ImagesPerSecond:0} images/s."));
        _epochStart = Stopwatch.GetTimestamp();
    }

    public double Validated(int epoch, double accuracy)
    {
        log.Info(MessageSensitivity.None, FormattableString.Invariant($"Epoch {epoch + 1} of {epochs}: validation accuracy {accuracy:0.0000}."));
        Report(_last = _last with { Phase = DistillationPhase.Validating, ValidationAccuracy = accuracy });
        _epochStart = Stopwatch.GetTimestamp();
        return accuracy;
    }

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
