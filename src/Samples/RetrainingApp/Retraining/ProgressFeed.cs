using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.ML.Distillation;

namespace Samples.RetrainingApp.Retraining;

/// <summary>Tells everyone who listens where a retraining stands. Who is slow misses what is outdated.</summary>
internal sealed class ProgressFeed
{
    private const int MostFollowers = 64;
    private readonly Lock _gate = new();
    private readonly HashSet<Channel<RunProgress>> _followers = [];

    public RunProgress Current { get; private set; } = new(0, RunProgress.Idle, "");

    /// <summary>Lists have changed.</summary>
    public void Touch() => Change(current => current with { Revision = current.Revision + 1 });

    /// <summary>A run is as far as the library says.</summary>
    public void Report(long run, DistillationProgress value)
    {
        var share = value.Phase == DistillationPhase.Exporting ? 1 : value is { Phase: DistillationPhase.LoadingImages } or { Steps: 0 } ? 0 : (double)value.Step / value.Steps;
        Change(current => current with { Run = run, Message = Text(value), Epoch = value.Epoch, Epochs = value.Epochs, Step = value.Step, Steps = value.Steps, Share = share });
    }

    public void Begin(long run, string message) => Change(current => new(current.Revision + 1, RunProgress.Running, message, run));

    public void Say(string message) => Change(current => current with { Message = message });

    public void Cancelling() => Change(current => current with { State = RunProgress.Cancelling, Message = "Cancelling." });

    public void End(string message) => Change(current => new(current.Revision + 1, RunProgress.Idle, message, current.Run));

    /// <summary>Where it stands now, and whatever comes.</summary>
    public async IAsyncEnumerable<RunProgress> Follow([EnumeratorCancellation] CancellationToken cancellation)
    {
        var channel = Channel.CreateBounded<RunProgress>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        Join(channel);
        try
        {
            await foreach (var progress in channel.Reader.ReadAllAsync(cancellation))
                yield return progress;
        }
        finally
        {
            lock (_gate)
                _followers.Remove(channel);
        }
    }

    public bool IsFull
    {
        get
        {
            lock (_gate)
                return _followers.Count >= MostFollowers;
        }
    }

    private void Join(Channel<RunProgress> channel)
    {
        lock (_gate)
        {
            _followers.Add(channel);
            channel.Writer.TryWrite(Current);
        }
    }

    private void Change(Func<RunProgress, RunProgress> change)
    {
        lock (_gate)
        {
            Current = change(Current);
            foreach (var follower in _followers)
                follower.Writer.TryWrite(Current);
        }
    }

    private static string Text(DistillationProgress value) => value.Phase switch
    {
        DistillationPhase.LoadingImages => FormattableString.Invariant($"Reading images: {value.Step}."),
        DistillationPhase.CheckingTeacher => "Looking at the teacher.",
        DistillationPhase.Exporting => "Putting the model together.",
        _ => FormattableString.Invariant($"Training: epoch {value.Epoch} of {value.Epochs}, step {value.Step} of {value.Steps}, {Math.Ceiling(value.Remaining.TotalSeconds)} s to go."),
    };
}
