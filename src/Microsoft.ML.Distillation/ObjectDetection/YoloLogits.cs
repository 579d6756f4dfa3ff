using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>Raw YOLO predictions of decoded ones: what an exported teacher gives is turned back into what its head computed.</summary>
internal static class YoloLogits
{
    /// <summary>Probabilities are kept this far from 0 and 1, where rounding has left nothing to turn back: logits end at ±13.8.</summary>
    public const double Margin = 1e-6;

    private const int BoxColumns = 4;

    /// <summary>log(p / (1 − p)), p kept inside 0…1 by <see cref="Margin"/>.</summary>
    public static Tensor Of(Tensor probabilities)
    {
        var inside = probabilities.clamp(Margin, 1 - Margin);
        return inside.log() - (-inside).log1p();
    }

    /// <summary>The raw predictions, level by level: N×A×H×W×(5+C).</summary>
    /// <param name="decoded">
    /// N×R×(5+C): centre and size in pixels of the input, objectness and classes after the sigmoid; R goes through the levels, finest first, each through its
    /// anchors, rows and columns.
    /// </param>
    /// <param name="grid">The anchors.</param>
    /// <param name="input">Size of the network's input.</param>
    /// <exception cref="ArgumentException">R is not what these anchors have at that size.</exception>
    public static IReadOnlyList<Tensor> FromDecoded(Tensor decoded, AnchorGrid grid, ImageSize input)
    {
        var sizes = grid.Levels.Select(level => (Height: input.Height / level.Stride, Width: input.Width / level.Stride)).ToList();
        var counts = grid.Levels.Zip(sizes, (level, size) => (long)level.Anchors.Count * size.Height * size.Width).ToArray();
        if (decoded.dim() != 3 || decoded.shape[1] != counts.Sum() || decoded.shape[2] <= BoxColumns)
        {
            throw new ArgumentException(
                $"Decoded predictions are {string.Join('×', decoded.shape)}; at {input} these anchors give N×{counts.Sum()}×(5+classes): {grid}.", nameof(decoded));
        }
        var start = 0L;
        var levels = new List<Tensor>();
        foreach (var ((level, size), count) in grid.Levels.Zip(sizes).Zip(counts))
        {
            var part = decoded.narrow(1, start, count).reshape(decoded.shape[0], level.Anchors.Count, size.Height, size.Width, decoded.shape[2]);
            levels.Add(Level(part, level));
            start += count;
        }
        return levels;
    }

    // The inverse of xy = (2σ − 0.5 + cell)·stride and wh = (2σ)²·anchor.
    private static Tensor Level(Tensor decoded, AnchorLevel level)
    {
        var (type, device) = (decoded.dtype, decoded.device);
        var (height, width) = (decoded.shape[2], decoded.shape[3]);
        var columns = arange(width, type, device).reshape(1, width, 1).expand(height, width, 1);
        var rows = arange(height, type, device).reshape(height, 1, 1).expand(height, width, 1);
        var xy = (decoded.narrow(-1, 0, 2) / level.Stride - cat([columns, rows], -1) + .5) / 2;
        var anchors = level.InCells(type, device).reshape(-1, 1, 1, 2) * level.Stride;
        var wh = (decoded.narrow(-1, 2, 2).clamp_min(0) / anchors).sqrt() / 2;
        return Of(cat([xy, wh, decoded.narrow(-1, BoxColumns, decoded.shape[^1] - BoxColumns)], -1));
    }
}
