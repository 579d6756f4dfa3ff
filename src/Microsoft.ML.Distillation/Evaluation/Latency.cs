using System.Diagnostics;
using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>How long one image takes, alone.</summary>
internal static class Latency
{
    private const int WarmUps = 5, Repeats = 50;

    /// <summary>Milliseconds that a bare model takes in ONNX Runtime on the CPU: the median of 50 after 5.</summary>
    public static double OfModel(byte[] model, ImageSize size, int threads)
    {
        using var runner = new OnnxRunner(model, "student", threads);
        return OfModel(runner, size);
    }

    /// <inheritdoc cref="OfModel(byte[], ImageSize, int)"/>
    public static double OfModel(OnnxRunner runner, ImageSize size)
    {
        var image = new float[3 * size.Pixels];
        return Median(() => runner.Run(image, [1, 3, size.Height, size.Width]));
    }

    /// <summary>Milliseconds: the median of 50 after 5.</summary>
    public static double Median(Action once)
    {
        var times = new double[Repeats];
        for (var i = -WarmUps; i < Repeats; i++)
        {
            var start = Stopwatch.GetTimestamp();
            once();
            if (i >= 0)
                times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        Array.Sort(times);
        return (times[Repeats / 2 - 1] + times[Repeats / 2]) / 2;
    }
}
