using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Packages;

/// <summary>What PyTorch computed (test/goldens/torchsharp.py), and the inputs that it computed it from.</summary>
internal static class TorchSharpGoldens
{
    private static readonly JsonElement s_all = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "goldens", "torchsharp.json"))).RootElement;

    internal static double[] Of(string group, string name) => s_all.GetProperty(group).GetProperty(name).Deserialize<double[]>()!;

    /// <summary>Element i is sin(seed + i), in double precision.</summary>
    internal static Tensor Wave(double seed, params long[] shape)
    {
        var values = new double[shape.Aggregate(1L, (product, size) => product * size)];
        for (int i = 0; i < values.Length; i++)
            values[i] = Math.Sin(seed + i);
        return from_array(values).reshape(shape);
    }

    internal static double[] Values(Tensor tensor) => tensor.detach().contiguous().data<double>().ToArray();

    internal static void AssertClose(double[] expected, double[] actual, double tolerance = 1e-10)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])),
                $"Element {i}: expected {expected[i]:R}, got {actual[i]:R}.");
        }
    }
}
