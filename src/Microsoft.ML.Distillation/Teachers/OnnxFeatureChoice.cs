using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>A feature map that a run has shown.</summary>
internal sealed record OnnxMap(OnnxFlowTensor Tensor, MapShape Shape, bool ChannelsLast);

/// <summary>
/// Which maps to learn from where nobody says: the last one before each change of spatial size, and the deepest. A change is a fall of height or width by a quarter or more, so
/// that padding and unpadded convolutions are none. A map counts as the last one of its size if every path runs through it (a residual block's sum does, what is
/// inside the block doesn't); where no map of a size is like that, the last computed of them is taken.
/// </summary>
internal static class OnnxFeatureChoice
{
    private const double Fall = .75;

    /// <summary>Operators that make no new features, only another form of those they are given.</summary>
    private static readonly HashSet<string> Forms = ["Transpose", "Identity", "Dropout", "Cast", "Pad", "QuantizeLinear", "DequantizeLinear"];

    /// <param name="maps">In the order they are computed.</param>
    /// <returns>The names of the chosen, shallowest first.</returns>
    public static IReadOnlyList<string> Choose(IReadOnlyList<OnnxMap> maps)
    {
        var levels = new List<List<OnnxMap>>();
        // A map of one place is a vector (what squeeze-and-excitation pools); pixels that no convolution has seen are no features.
        foreach (var map in maps.Where(m => m.Tensor.Convolved && m.Shape.Height * m.Shape.Width > 1 && !Forms.Contains(m.Tensor.Maker.OpType)))
        {
            if (levels.Count == 0 || IsSmaller(map.Shape, levels[^1][0].Shape))
                levels.Add([map]);
            else if (!IsSmaller(levels[^1][0].Shape, map.Shape)) // a larger one belongs to a branch that falls later
                levels[^1].Add(map);
        }
        return [.. levels.Select(l => (l.FindLast(m => m.Tensor.Bottleneck) ?? l[^1]).Tensor.Name)];
    }

    private static bool IsSmaller(MapShape map, MapShape than) => map.Height <= Fall * than.Height || map.Width <= Fall * than.Width;
}
