using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests;

/// <summary>Tensors as numbers, and numbers held against each other.</summary>
internal static class Numbers
{
    public static double[] Of(Tensor values)
    {
        using var scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, double>(values.detach().to(ScalarType.Float64).contiguous().bytes).ToArray();
    }

    public static float[] Floats(Tensor values)
    {
        using var scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, float>(values.detach().to(ScalarType.Float32).contiguous().bytes).ToArray();
    }

    /// <summary>Every difference is at most <paramref name="tolerance"/> times the largest expected magnitude.</summary>
    public static void Close(IEnumerable<double> expected, IEnumerable<double> actual, double tolerance)
    {
        var (wanted, got) = (expected.ToArray(), actual.ToArray());
        Assert.Equal(wanted.Length, got.Length);
        Within(wanted, got, tolerance * wanted.Max(Math.Abs));
    }

    /// <summary>Every difference is at most <paramref name="bound"/>.</summary>
    public static void Within(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double bound)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= bound, $"Element {i}: expected {expected[i]:R}, got {actual[i]:R}; they may differ by {bound:R}.");
    }

    public static double[] Doubles(this IEnumerable<float> values) => [.. values.Select(v => (double)v)];

    /// <summary>Standard normal values, a function of <paramref name="seed"/> alone.</summary>
    public static float[] Gaussian(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }
}
