using Microsoft.ML.Distillation;
using Samples.RetrainingApp.Predicting;
using Samples.RetrainingApp.Storage;
using Samples.RetrainingApp.Tasks;
using Samples.RetrainingApp.Uploads;

namespace Samples.RetrainingApp.Retraining;

/// <summary>Carries out one retraining after another. One that a restart cut off goes on from its checkpoint.</summary>
internal sealed class Retrainer(
    ITask task, RunStore runs, VersionStore versions, VersionSwitch service, ImageFiles images, ModelFiles models, ProgressFeed feed, DataHome home, AppOptions options,
    ILogger<Retrainer> log)
    : BackgroundService
{
    private const int FewestImages = 8;
    private readonly SemaphoreSlim _begun = new(0);
    private readonly Lock _gate = new();
    private CancellationTokenSource _cancel = new();

    /// <summary>Begins a retraining with all labels there are now.</summary>
    /// <exception cref="Refusal">One is under way, or there is too little to learn from.</exception>
    public TrainingRun Begin(ImageStore labelled, bool promote)
    {
        lock (_gate)
        {
            var counts = labelled.Count();
            if (counts.Labelled - counts.HeldOut < FewestImages || task.Classes().Count < task.FewestClasses)
            {
                throw new Refusal(
                    StatusCodes.Status409Conflict, $"There is too little to learn from: label at least {FewestImages} images, with at least {(task.FewestClasses == 1 ? "one class" : $"{task.FewestClasses} classes")}, beside those held out.");
            }
            // What has ended in the database may still be told of.
            var run = (feed.Current.State == RunProgress.Idle ? runs.Begin(options.Epochs, promote) : null) ?? throw new Refusal(StatusCodes.Status409Conflict, "A retraining is under way.");
            _cancel = new CancellationTokenSource();
            feed.Begin(run.Id, "Getting ready.");
            _begun.Release();
            return run;
        }
    }

    /// <exception cref="Refusal">Nothing is under way.</exception>
    public void Cancel()
    {
        lock (_gate)
        {
            if (feed.Current.State == RunProgress.Idle)
                throw new Refusal(StatusCodes.Status409Conflict, "No retraining is under way.");
            feed.Cancelling();
            _cancel.Cancel();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (runs.Running() is { } cutOff)
        {
            feed.Begin(cutOff.Id, "Going on after a restart.");
            _begun.Release();
        }
        while (true)
        {
            await _begun.WaitAsync(stoppingToken);
            if (runs.Running() is { } run)
                await Task.Factory.StartNew(() => Carry(run, stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    private void Carry(TrainingRun run, CancellationToken stopping)
    {
        var cancel = _cancel.Token;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping);
        try
        {
            End(run, RunState.Done, Make(run, either.Token));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            End(run, RunState.Cancelled, "Cancelled; the model in service stays.");
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Its checkpoint is what the next start goes on from.
        }
        catch (Exception error)
        {
            log.LogError(error, "Run {Run} failed.", run.Id);
            End(run, RunState.Failed, $"Failed; the model in service stays. {error.Message}");
        }
    }

    /// <summary>Trains, compares, and puts the model into service or not.</summary>
    /// <returns>The verdict.</returns>
    private string Make(TrainingRun run, CancellationToken cancellation)
    {
        var rows = Readable(run);
        var parent = run.Parent is { } id ? versions.Find(id) : null;
        var candidate = task.Train(run, rows, parent, new Told(value => feed.Report(run.Id, value)), cancellation);
        feed.Say("Comparing it with the one in service.");
        var made = Judge(run, candidate, rows);
        cancellation.ThrowIfCancellationRequested();
        var version = service.Complete(run, made, serve: made.Proven && (run.Promote || versions.InService() is null), candidate.ResumedAt);
        return FormattableString.Invariant($"Version {version.Id}. {version.Verdict}");
    }

    /// <summary>The run's images but for those whose files somebody took away.</summary>
    private List<RunImage> Readable(TrainingRun run)
    {
        var rows = runs.Images(run.Id).ToLookup(row => File.Exists(images.Path(row.Id, row.Format)));
        if (rows[false].Any())
            log.LogWarning("{Count} images have no file any more and are left out: {Ids}.", rows[false].Count(), string.Join(", ", rows[false].Select(row => row.Id)));
        return [.. rows[true]];
    }

    /// <summary>Both models are asked about the same images: those held out when the run began.</summary>
    private ModelVersion Judge(TrainingRun run, Candidate candidate, IReadOnlyList<RunImage> rows)
    {
        var heldOut = rows.Where(row => row.HeldOut).ToList();
        var made = new ModelVersion(0, candidate.File, candidate.Hash, Now.Text, run.Parent, candidate.Classes, rows.Count - heldOut.Count, heldOut.Count, 0, "", false, null);
        // What is judged is what would serve: the model as its file has it.
        using var model = models.Load(made);
        var figure = task.Measure(model, heldOut);
        var verdict = Verdict.Of(figure, Before(heldOut, out var version), version);
        return made with { Correct = figure?.Correct ?? 0, Score = figure?.Value, Verdict = verdict.Text, Proven = verdict.Proven };
    }

    private HeldOutFigure? Before(IReadOnlyList<RunImage> heldOut, out long? version)
    {
        version = versions.InService();
        if (version is not { } id)
            return null;
        using var model = models.Load(versions.Find(id)!);
        return task.Measure(model, heldOut);
    }

    private void End(TrainingRun run, string state, string message)
    {
        if (state != RunState.Done)
            runs.End(run.Id, state, message);
        if (Directory.Exists(home.Run(run.Id)))
            Directory.Delete(home.Run(run.Id), recursive: true);
        lock (_gate)
            feed.End(message);
    }

    /// <summary>Speaks on the very thread that trains (<see cref="Progress{T}"/> would queue it, and what is queued can come in another order).</summary>
    private sealed class Told(Action<DistillationProgress> tell) : IProgress<DistillationProgress>
    {
        public void Report(DistillationProgress value) => tell(value);
    }
}
