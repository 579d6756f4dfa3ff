using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Training;

/// <summary>Sets TorchSharp's number of CPU threads, which is the process's, and sets it back when disposed.</summary>
internal readonly struct ThreadLimit : IDisposable
{
    private readonly int _before = get_num_threads();

    public ThreadLimit(int threads) => set_num_threads(threads);

    /// <summary>The number where none is given. libtorch's own choice counts the machine's cores: too many in a container, and in some virtual machines one.</summary>
    public static int Default => Environment.ProcessorCount;

    public void Dispose() => set_num_threads(_before);
}
