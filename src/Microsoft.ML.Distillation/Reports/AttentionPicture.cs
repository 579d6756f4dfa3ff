using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Reports;

/// <summary>Where in an image a network's feature maps are strong.</summary>
/// <remarks>Zagoruyko, Komodakis: "Paying more attention to attention", 2017, section 3.1, https://arxiv.org/abs/1612.03928.</remarks>
internal static class AttentionPicture
{
    private const int LastStages = 2;
    private const double Power = 2;

    /// <summary>The strongest places are so much of this orange; the rest shows the image in grey.</summary>
    private const float Strongest = .75f;
    private static readonly float[] _orange = [255, 110, 0];

    /// <summary>Σ_c |F_c|² of the last two maps, each scaled to 0…1 and brought to the image's size, their mean.</summary>
    /// <param name="features">Feature maps of one image, 1×Cᵢ×Hᵢ×Wᵢ, shallowest first; at least one.</param>
    /// <returns>H×W values, 0…1.</returns>
    public static float[] Map(IReadOnlyList<Tensor> features, ImageSize size)
    {
        using var scope = NewDisposeScope();
        var sum = new float[size.Pixels];
        var last = features.TakeLast(LastStages).ToList();
        foreach (var feature in last)
        {
            var map = AttentionMaps.Map(feature.cpu().to(ScalarType.Float32), AttentionMap.SumPower, Power).squeeze(0);
            var (height, width) = ((int)map.shape[0], (int)map.shape[1]);
            var rows = tensor(Resampling.Weights(height, size.Height), [size.Height, height]);
            var columns = tensor(Resampling.Weights(width, size.Width), [size.Width, width]).t();
            var values = MemoryMarshal.Cast<byte, float>(matmul(matmul(rows, map), columns).contiguous().bytes);
            var (low, high) = (Lowest(values), Highest(values));
            for (var i = 0; i < sum.Length; i++)
                sum[i] += high > low ? (values[i] - low) / (high - low) / last.Count : 0;
        }
        return sum;
    }

    /// <summary>An image under a map.</summary>
    /// <param name="planes">3×H×W, 0…255.</param>
    public static float[] Overlay(ReadOnlySpan<float> planes, float[] map)
    {
        var over = new float[planes.Length];
        for (var i = 0; i < over.Length; i++)
        {
            var place = i % map.Length;
            var grey = (planes[place] + planes[map.Length + place] + planes[2 * map.Length + place]) / 3;
            var share = Strongest * map[place];
            over[i] = grey + share * (_orange[i / map.Length] - grey);
        }
        return over;
    }

    private static float Lowest(ReadOnlySpan<float> values)
    {
        var low = float.PositiveInfinity;
        foreach (var value in values)
            low = Math.Min(low, value);
        return low;
    }

    private static float Highest(ReadOnlySpan<float> values)
    {
        var high = float.NegativeInfinity;
        foreach (var value in values)
            high = Math.Max(high, value);
        return high;
    }
}
