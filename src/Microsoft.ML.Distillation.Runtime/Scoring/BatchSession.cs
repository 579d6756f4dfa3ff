using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>The graph of a saved classifier or detector in ONNX Runtime, for any number of images. Several threads may use it at once.</summary>
internal sealed class BatchSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly long[] _shape;

    /// <param name="graph">As it is in a saved model, for one image.</param>
    public BatchSession(byte[] graph)
    {
        // A library doesn't write to the console.
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        _session = new InferenceSession(OnnxBatchAxis.Free(graph), options);
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
}
