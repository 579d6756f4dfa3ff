using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;

namespace Samples.Common;

/// <summary>How long a bare model takes for one image.</summary>
internal static class Latency
{
    public const string Description = "one image through the bare .onnx in ONNX Runtime on the CPU, median of 100 after 10";

    private const int WarmUps = 10;
    private const int Repeats = 100;

    /// <param name="model">A classifier with one image input.</param>
    /// <param name="threads">Null: all processors.</param>
    /// <param name="side">Height and width where the model takes any.</param>
    /// <returns>Milliseconds.</returns>
    public static double Median(byte[] model, int? threads, int side = 32)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads ?? Environment.ProcessorCount };
        using var session = new InferenceSession(model, options);
        var (name, input) = session.InputMetadata.First();
        var shape = Shape(input.Dimensions, side);
        using var image = OrtValue.CreateTensorValueFromMemory(new float[shape.Aggregate(1L, (a, b) => a * b)], shape);
        using var run = new RunOptions();
        var times = new double[Repeats];
        for (var i = -WarmUps; i < Repeats; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var outputs = session.Run(run, [name], [image], session.OutputNames);
            if (i >= 0)
                times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        Array.Sort(times);
        return (times[Repeats / 2 - 1] + times[Repeats / 2]) / 2;
    }

    // The batch's axis comes first; any other open axis is a side of the image.
    private static long[] Shape(int[] dimensions, int side) => [.. dimensions.Select((length, axis) => length > 0 ? (long)length : axis == 0 ? 1 : side)];
}
