using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>The graph of a saved classifier or detector in ONNX Runtime, for any number of images. Several threads may use it at once, and are to: on a CPU a run has one thread.</summary>
/// <remarks>Threads that share one run's work wait for each other at every layer; runs side by side don't, and neither does whatever runs beside them.</remarks>
internal sealed class BatchSession : IDisposable
{
    // Pixels beyond which a processor's caches no longer hold what layers hand to each other, and more images make a run no faster.
    private const long BytesPerRun = 4 << 20;

    private readonly InferenceSession _session;
    private readonly long[] _shape;
    private readonly Lock _gate = new();
    private int _running;
    private bool _disposed;

    /// <param name="graph">As it is in a saved model, for one image.</param>
    /// <param name="gpuDeviceId">The GPU that is to compute; null for the CPU.</param>
    /// <param name="fallbackToCpu">Whether the CPU may stand in for it.</param>
    /// <exception cref="InvalidOperationException">ONNX Runtime can't use the GPU.</exception>
    public BatchSession(byte[] graph, int? gpuDeviceId, bool fallbackToCpu)
    {
        (_session, SideBySide) = Open(OnnxBatchAxis.Free(graph), gpuDeviceId, fallbackToCpu);
        Pixels = _session.InputNames[0];
        _shape = [.. _session.InputMetadata[Pixels].Dimensions.Select(d => (long)d)];
        PixelCount = (int)_shape[1..].Aggregate(1L, (a, b) => a * b);
    }

    /// <summary>The graph's input, and the column it is.</summary>
    public string Pixels { get; }

    /// <summary>Of the input: N×3×H×W.</summary>
    public ReadOnlySpan<long> Shape => _shape;

    /// <summary>Values of one image.</summary>
    public int PixelCount { get; }

    /// <summary>How many runs at a time keep the processors busy.</summary>
    public int SideBySide { get; }

    /// <summary>Images for one of the runs, where so many are to be at work in all.</summary>
    public int ImagesPerRun(int images) => SideBySide == 1 ? images : (int)Math.Clamp(images / SideBySide, 1, Math.Max(1, BytesPerRun / (sizeof(float) * (long)PixelCount)));

    public bool Gives(string output) => _session.OutputMetadata.ContainsKey(output);

    /// <param name="images">One after another.</param>
    /// <param name="outputs">All of the graph's, in any order.</param>
    /// <returns>A column for each of the outputs.</returns>
    /// <exception cref="ObjectDisposedException">The session is disposed of.</exception>
    public BatchColumn[] Run(float[] images, int count, string[] outputs)
    {
        Enter();
        try
        {
            using var run = new RunOptions();
            using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, images.AsMemory(0, count * PixelCount), [count, .. _shape[1..]]);
            using var results = _session.Run(run, [Pixels], [input], outputs);
            return BatchResults.Read(outputs, results, count);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Lets no run begin any more. ONNX Runtime ends the process where a session goes while something runs in it: those that have begun end first.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            if (_running > 0)
                return;
        }
        _session.Dispose();
    }

    private void Enter()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _running++;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_running > 0 || !_disposed)
                return;
        }
        _session.Dispose();
    }

    private static (InferenceSession Session, int SideBySide) Open(byte[] graph, int? gpuDeviceId, bool fallbackToCpu)
    {
        // A library doesn't write to the console.
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, IntraOpNumThreads = 1 };
        if (gpuDeviceId is not { } id)
            return (new(graph, options), Environment.ProcessorCount);
        try
        {
            using var onGpu = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            onGpu.AppendExecutionProvider_CUDA(id);
            return (new(graph, onGpu), 1);
        }
        // A native library without the provider lacks the function too.
        catch (Exception error) when (error is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            return fallbackToCpu
                ? (new(graph, options), Environment.ProcessorCount)
                : throw new InvalidOperationException(
                    $"GPU {id} is asked for and ONNX Runtime can't use it: {error.Message.TrimEnd()} Reference Microsoft.ML.OnnxRuntime.Gpu 1.23.2 in place of Microsoft.ML.OnnxRuntime and install CUDA, set the FallbackToCpu of the MLContext, or leave its GpuDeviceId null.",
                    error);
        }
    }
}
