using Microsoft.ML.OnnxRuntime;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>A saved classifier's graph in ONNX Runtime, for any number of images. Several threads may use it at once.</summary>
internal sealed class BatchSession : IDisposable
{
    /// <summary>The graph's output, and the column it becomes.</summary>
    public const string Logits = "distillation.logits";

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

    /// <param name="images">One after another.</param>
    /// <returns>Logits, one image's after another's.</returns>
    public float[] Run(float[] images, int count)
    {
        using var run = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, images.AsMemory(0, count * PixelCount), [count, .. _shape[1..]]);
        using var results = _session.Run(run, [Pixels], [input], [Logits]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    public void Dispose() => _session.Dispose();
}
