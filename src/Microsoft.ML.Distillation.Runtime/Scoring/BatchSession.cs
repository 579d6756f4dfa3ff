using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>The graph of a saved classifier or detector in ONNX Runtime, for any number of images. Several threads may use it at once.</summary>
internal sealed class BatchSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly long[] _shape;

    /// <param name="graph">As it is in a saved model, for one image.</param>
    /// <param name="gpuDeviceId">The GPU that is to compute; null for the CPU.</param>
    /// <param name="fallbackToCpu">Whether the CPU may stand in for it.</param>
    /// <exception cref="InvalidOperationException">ONNX Runtime can't use the GPU.</exception>
    public BatchSession(byte[] graph, int? gpuDeviceId, bool fallbackToCpu)
    {
        _session = Open(OnnxBatchAxis.Free(graph), gpuDeviceId, fallbackToCpu);
        Pixels = _session.InputNames[0];
        _shape = [.. _session.InputMetadata[Pixels].Dimensions.Select(d => (long)d)];
        PixelCount = (int)_shape[1..].Aggregate(1L, (a, b) => a * b);
    }

    /// <summary>The graph's input, and the column it is.</summary>
    public string Pixels { get; }

    /// <summary>Values of one image.</summary>
    public int PixelCount { get; }

    public bool Gives(string output) => _session.OutputMetadata.ContainsKey(output);

    /// <param name="images">One after another.</param>
    /// <param name="outputs">All of the graph's, in any order.</param>
    /// <returns>A column for each of the outputs.</returns>
    public BatchColumn[] Run(float[] images, int count, string[] outputs)
    {
        using var run = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, images.AsMemory(0, count * PixelCount), [count, .. _shape[1..]]);
        using var results = _session.Run(run, [Pixels], [input], outputs);
        return BatchResults.Read(outputs, results, count);
    }

    public void Dispose() => _session.Dispose();

    private static InferenceSession Open(byte[] graph, int? gpuDeviceId, bool fallbackToCpu)
    {
        // A library doesn't write to the console.
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        if (gpuDeviceId is not { } id)
            return new InferenceSession(graph, options);
        try
        {
            using var onGpu = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            onGpu.AppendExecutionProvider_CUDA(id);
            return new InferenceSession(graph, onGpu);
        }
        // A native library without the provider lacks the function too.
        catch (Exception error) when (error is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            return fallbackToCpu
                ? new InferenceSession(graph, options)
                : throw new InvalidOperationException(
                    $"GPU {id} is asked for and ONNX Runtime can't use it: {error.Message.TrimEnd()} Reference Microsoft.ML.OnnxRuntime.Gpu 1.23.2 in place of Microsoft.ML.OnnxRuntime and install CUDA, set the FallbackToCpu of the MLContext, or leave its GpuDeviceId null.",
                    error);
        }
    }
}
