using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>Sets TorchSharp's number of CPU threads, which is the process's, and sets it back when disposed.</summary>
internal readonly struct ThreadLimit : IDisposable
{
    private readonly int _before;

    public ThreadLimit(int? threads)
    {
        if (threads is not { } wanted)
            return;
        _before = get_num_threads();
        set_num_threads(wanted);
    }

    public void Dispose()
    {
        if (_before > 0)
            set_num_threads(_before);
    }
}
