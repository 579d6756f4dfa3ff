using Microsoft.ML.OnnxRuntime;

namespace Benchmarks;

/// <summary>A model in ONNX Runtime with nothing around it.</summary>
internal sealed class BareOnnx : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string[] _output;

    /// <param name="output">What is asked for.</param>
    /// <param name="threads">Of a run; 0 for as many as ONNX Runtime takes where nobody says.</param>
    public BareOnnx(byte[] model, string output, int threads = 0)
    {
        _output = [output];
        using var options = new SessionOptions { IntraOpNumThreads = threads };
        _session = new InferenceSession(model, options);
    }

    public void Run(float[] pixels, long[] shape)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, shape);
        using var outputs = _session.Run(_run, _session.InputNames, [input], _output);
        _ = outputs[0].GetTensorDataAsSpan<float>()[0];
    }

    /// <summary>Has several threads make runs of their own, a number of them each.</summary>
    public void RunSideBySide(float[] pixels, long[] shape, int threads, int runs)
    {
        var others = Enumerable.Range(1, threads - 1).Select(_ => new Thread(Several)).ToList();
        others.ForEach(thread => thread.Start());
        Several();
        others.ForEach(thread => thread.Join());

        void Several()
        {
            for (var run = 0; run < runs; run++)
                Run(pixels, shape);
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
    }
}
