using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>
/// Sets TorchSharp's number of CPU threads, which is the process's, and sets it back when disposed. Runs at the same time share it: the newest of them says how many there are, and the last to end sets back what
/// there was before the first.
/// </summary>
internal sealed class ThreadLimit : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly List<ThreadLimit> Held = [];
    private static int _before;
    private readonly int _threads;
    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <param name="warn">Told where that changes the number under another run; null for nobody.</param>
    public ThreadLimit(int threads, Action<string>? warn = null)
    {
        _threads = threads;
        int? others;
        lock (Gate)
        {
            // Asked in any case: a thread that asks for the first time takes the process's number over, and with it one that was set since.
            var now = get_num_threads();
            if (Held.Count == 0)
                _before = now;
            others = Held.Find(other => other._threads != threads && other._thread != _thread)?._threads;
            Held.Add(this);
            set_num_threads(threads);
        }
        if (others is { } count)
        {
            warn?.Invoke(FormattableString.Invariant($"Threads is {threads}, and another run in this process has {count}: TorchSharp keeps one number for the whole process, so that either may be computed with the other's. ")
                + "Give runs at the same time the same Threads, or run them one after another.");
        }
    }

    /// <summary>The number where none is given. libtorch's own choice counts the machine's cores: too many in a container, and in some virtual machines one.</summary>
    public static int Default => Environment.ProcessorCount;

    public void Dispose()
    {
        lock (Gate)
        {
            if (!Held.Remove(this))
                return;
            var around = Held.FindLast(other => other._thread == _thread);
            set_num_threads(around?._threads ?? _before);
            if (Held.Count > 0 && Held[^1] != around)
                SetForOthers(Held[^1]._threads);
        }
    }

    // libtorch keeps the number twice, for the process and for every thread that has computed: this thread's is back to what it was, and the process's is to be that of the runs that go on.
    private static void SetForOthers(int threads)
    {
        var other = new Thread(() => set_num_threads(threads));
        other.Start();
        other.Join();
    }
}
