using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>Boxes as offsets from anchors: the centre's distance over the anchor's size, and the logarithm of the size over the anchor's.</summary>
internal static class BoxOffsets
{
    private const double LeastSide = 1e-7;

    // A box 62 times its anchor, as detectors commonly bound it; beyond, exp runs away.
    private static readonly double Largest = Math.Log(1000.0 / 16);

    /// <summary>Offsets dx dy dw dh of boxes x0 y0 x1 y1, …×4.</summary>
    public static Tensor Encode(Tensor anchors, Tensor boxes)
    {
        var ((centre, size), (anchorCentre, anchorSize)) = (Parts(boxes), Parts(anchors));
        return cat([(centre - anchorCentre) / anchorSize, (size.clamp_min(LeastSide) / anchorSize).log()], -1);
    }

    /// <summary>Boxes x0 y0 x1 y1 of offsets dx dy dw dh, …×4.</summary>
    public static Tensor Decode(Tensor anchors, Tensor offsets)
    {
        var (centre, size) = Parts(anchors);
        return BoxOverlap.FromCentre(cat([centre + offsets.narrow(-1, 0, 2) * size, size * offsets.narrow(-1, 2, 2).clamp_max(Largest).exp()], -1));
    }

    private static (Tensor Centre, Tensor Size) Parts(Tensor boxes)
    {
        var (low, high) = (boxes.narrow(-1, 0, 2), boxes.narrow(-1, 2, 2));
        return ((low + high) / 2, high - low);
    }
}
