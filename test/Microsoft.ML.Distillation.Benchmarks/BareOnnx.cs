using Microsoft.ML.OnnxRuntime;

namespace Benchmarks;

/// <summary>A model in ONNX Runtime as it comes, with its default options and nothing around it.</summary>
internal sealed class BareOnnx : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string[] _output;

    /// <param name="output">What is asked for.</param>
    public BareOnnx(byte[] model, string output)
    {
        _output = [output];
        using var options = new SessionOptions();
        _session = new InferenceSession(model, options);
    }

    public void Run(float[] pixels, long[] shape)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, shape);
        using var outputs = _session.Run(_run, _session.InputNames, [input], _output);
        _ = outputs[0].GetTensorDataAsSpan<float>()[0];
    }

    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
    }
}
