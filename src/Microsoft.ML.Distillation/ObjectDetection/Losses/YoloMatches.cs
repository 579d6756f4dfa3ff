using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>
/// Which anchors of a level answer for which objects. Every object meets every anchor in its own cell and in the two nearest neighbours, so K = 5·A·T pairs are listed;
/// <see cref="Mask"/> tells which count. That keeps every size known, so that nothing waits for the device.
/// </summary>
/// <param name="Cell">Place in the level's N·A·H·W predictions, K of int64; always valid.</param>
/// <param name="Boxes">Centre from the cell's corner and size, in cells, K×4.</param>
/// <param name="Anchors">The anchor's size in cells, K×2.</param>
/// <param name="Classes">K of int64.</param>
/// <param name="Confidence">K.</param>
/// <param name="Mask">1 for a match, else 0: K.</param>
internal sealed record YoloMatches(Tensor Cell, Tensor Boxes, Tensor Anchors, Tensor Classes, Tensor Confidence, Tensor Mask)
{
    private const double Half = .5;
    private const int Places = 5;

    /// <summary>The matches of a level whose predictions are N×A×H×W×….</summary>
    /// <param name="targets">The objects, in the type to compute with.</param>
    /// <param name="level">The level's anchors.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="threshold">An anchor fits an object when no side of one is this many times the other's.</param>
    /// <param name="inCells">The anchors in cells, where they are at hand on the device; null to put them there.</param>
    public static YoloMatches Find(DetectionTargets targets, AnchorLevel level, long height, long width, double threshold, Tensor? inCells = null)
    {
        using var noGrad = no_grad();
        var (low, high) = (targets.Boxes.narrow(1, 0, 2), targets.Boxes.narrow(1, 2, 2));
        var (centre, size) = ((low + high) / (2 * level.Stride), (high - low) / level.Stride);
        var anchors = inCells ?? level.InCells(size.dtype, size.device);
        var ratio = size.unsqueeze(0) / anchors.unsqueeze(1);
        var fits = maximum(ratio, 1 / ratio).amax(new long[] { -1 }).lt(threshold);
        var cell = Cells(centre, height, width);
        var (count, objects) = (anchors.shape[0], targets.Count);
        var anchor = arange(count, ScalarType.Int64, size.device).reshape(1, count, 1);
        var row = (targets.Image.reshape(1, 1, objects) * count + anchor) * height + cell.select(2, 1).unsqueeze(1);
        var box = cat([centre.unsqueeze(0) - cell, size.unsqueeze(0).expand(Places, -1, -1)], -1);
        return new YoloMatches(
            (row * width + cell.select(2, 0).unsqueeze(1)).flatten(),
            box.unsqueeze(1).expand(-1, count, -1, -1).reshape(-1, 4),
            anchors.reshape(1, count, 1, 2).expand(Places, -1, objects, -1).reshape(-1, 2),
            Everywhere(targets.Classes), Everywhere(targets.Confidence),
            Near(centre, height, width).unsqueeze(1).logical_and(fits.unsqueeze(0)).flatten().to(size.dtype));

        Tensor Everywhere(Tensor values) => values.reshape(1, 1, objects).expand(Places, count, -1).reshape(-1);
    }

    /// <summary>The largest value that any match gives a cell, 0 where none does: values K → cells.</summary>
    /// <remarks>By sorting, since writing several values to one place leaves open which stays.</remarks>
    public Tensor LargestByCell(Tensor values, long cells)
    {
        using var noGrad = no_grad();
        if (values.shape[0] == 0)
            return zeros(cells, values.dtype, values.device);
        var (ascending, byValue) = (values * Mask).sort(0);
        var (places, byCell) = where(Mask.gt(0), Cell, full_like(Cell, cells)).index_select(0, byValue).sort(0, stable: true);
        var sorted = ascending.index_select(0, byCell);
        var last = cat([places.narrow(0, 1, places.shape[0] - 1).ne(places.narrow(0, 0, places.shape[0] - 1)), ones(1, ScalarType.Bool, places.device)]);
        return zeros(cells + 1, values.dtype, values.device).scatter(0, where(last, places, full_like(places, cells)), sorted).narrow(0, 0, cells);
    }

    // The object's own cell, and those to the left, above, to the right and below that it is nearer to: 5×T×2, x and y. Nothing of it comes from ordinary memory, which a device would wait for.
    private static Tensor Cells(Tensor centre, long height, long width)
    {
        var (x, y) = (centre.select(1, 0), centre.select(1, 1));
        return stack([Axis([x, x - Half, x, x + Half, x], width), Axis([y, y, y - Half, y, y + Half], height)], 2);

        static Tensor Axis(Tensor[] places, long length) => stack(places).to(ScalarType.Int64).clamp(0, length - 1);
    }

    // Which of those there are: 5×T.
    private static Tensor Near(Tensor centre, long height, long width)
    {
        var fromEnd = stack([(double)width - centre.select(1, 0), (double)height - centre.select(1, 1)], 1);
        return cat([ones([1, centre.shape[0]], ScalarType.Bool, centre.device), Nearer(centre).transpose(0, 1), Nearer(fromEnd).transpose(0, 1)]);

        static Tensor Nearer(Tensor distance) => distance.remainder(1).lt(Half).logical_and(distance.gt(1));
    }
}
