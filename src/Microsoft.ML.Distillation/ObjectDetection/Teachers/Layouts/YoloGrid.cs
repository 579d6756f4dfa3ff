using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Students.Detection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers.Layouts;

/// <summary>The grids that YOLO's predictions lie on.</summary>
internal static class YoloGrid
{
    private const int FinestStride = 8;

    // Half precision and the exporters' own order of arithmetic move a box by less.
    private const float LargestSlack = 1.02f, PlaceSlack = .25f;
    private const float MostOfAnchor = 4, LeastOfCell = -.5f, MostOfCell = 1.5f;

    public static AnchorGrid Of(AnchorSet anchors) =>
        new([.. anchors.Strides.Zip(anchors.Sizes, (stride, sizes) => new AnchorLevel(stride, [.. sizes.Select(s => ((double)s[0], (double)s[1]))]))]);

    public static AnchorGrid Of(OnnxDetectorTeacherOptions options) => options.Anchors is not { } levels
        ? Of(AnchorSet.YoloV5)
        : new([.. levels.Select((sizes, i) => new AnchorLevel(options.Strides?[i] ?? FinestStride << i, [.. sizes.Chunk(2).Select(s => ((double)s[0], (double)s[1]))]))]);

    public static AnchorSet ToSet(this AnchorGrid grid) =>
        new([.. grid.Levels.Select(l => l.Stride)], [.. grid.Levels.Select(l => l.Anchors.Select(a => new[] { (float)a.Width, (float)a.Height }).ToArray())]);

    public static ImageSize Cells(this AnchorLevel level, ImageSize input) => new(input.Width / level.Stride, input.Height / level.Stride);

    /// <summary>Boxes of all levels at an input size.</summary>
    public static long CountAt(this AnchorGrid grid, ImageSize input) => grid.Levels.Sum(l => l.Cells(input).Pixels * l.Anchors.Count);

    /// <summary>
    /// What shows that decoded boxes aren't of these anchors: no head gives a box more than four times as wide or high as its anchor, or with its centre further from its cell than half a cell.
    /// </summary>
    /// <param name="decoded">N×R×(x, y, w, h and more), as many for each image as the anchors have boxes.</param>
    /// <returns>Null where nothing does: then a single number comes from the device.</returns>
    public static string? Fault(Tensor decoded, AnchorGrid grid, ImageSize input)
    {
        using var scope = NewDisposeScope();
        if (!(bool)IsOff(decoded, grid, input))
            return null;
        return Fault(MemoryMarshal.Cast<byte, float>(decoded.to(ScalarType.Float32).cpu().contiguous().bytes), (int)decoded.shape[2], grid, input);
    }

    /// <summary>Whether there is a box that couldn't be, as a tensor of one number.</summary>
    private static Tensor IsOff(Tensor decoded, AnchorGrid grid, ImageSize input)
    {
        var (type, device) = (decoded.dtype, decoded.device);
        var (off, start) = (zeros(Array.Empty<long>(), ScalarType.Bool, device), 0L);
        foreach (var level in grid.Levels)
        {
            var cells = level.Cells(input);
            var boxes = decoded.narrow(1, start, cells.Pixels * level.Anchors.Count).narrow(2, 0, 4).reshape(decoded.shape[0], level.Anchors.Count, cells.Height, cells.Width, 4);
            var most = level.InCells(type, device).reshape(-1, 1, 1, 2) * (level.Stride * MostOfAnchor * LargestSlack);
            var columns = boxes.select(-1, 0) / level.Stride - arange(cells.Width, type, device);
            var rows = boxes.select(-1, 1) / level.Stride - arange(cells.Height, type, device).reshape(-1, 1);
            off = off.logical_or(boxes.narrow(-1, 2, 2).gt(most).any()).logical_or(IsNear(columns).logical_and(IsNear(rows)).all().logical_not());
            start += cells.Pixels * level.Anchors.Count;
        }
        return off;
    }

    private static Tensor IsNear(Tensor offsets) => offsets.ge((Scalar)(LeastOfCell - PlaceSlack)).logical_and(offsets.le((Scalar)(MostOfCell + PlaceSlack)));

    private static string? Fault(ReadOnlySpan<float> decoded, int length, AnchorGrid grid, ImageSize input)
    {
        for (var at = 0; at < decoded.Length;)
        {
            foreach (var level in grid.Levels)
            {
                var cells = level.Cells(input);
                foreach (var anchor in level.Anchors)
                {
                    for (var cell = 0; cell < cells.Pixels; cell++, at += length)
                    {
                        if (Fault(decoded.Slice(at, 4), level.Stride, anchor, cell % cells.Width, cell / cells.Width) is { } fault)
                            return fault;
                    }
                }
            }
        }
        return null;
    }

    private static string? Fault(ReadOnlySpan<float> box, int stride, (double Width, double Height) anchor, int column, int row)
    {
        if (box[2] > MostOfAnchor * LargestSlack * anchor.Width || box[3] > MostOfAnchor * LargestSlack * anchor.Height)
        {
            return FormattableString.Invariant(
                $"at stride {stride} there is a box of {box[2]:0.#}×{box[3]:0.#} pixels, more than 4 times its anchor {anchor.Width:0.##},{anchor.Height:0.##}");
        }
        return IsNear(box[0] / stride - column) && IsNear(box[1] / stride - row)
            ? null
            : FormattableString.Invariant($"the centre {box[0]:0.#},{box[1]:0.#} is too far from cell {column},{row} of stride {stride}");
    }

    private static bool IsNear(float offset) => offset is >= LeastOfCell - PlaceSlack and <= MostOfCell + PlaceSlack;
}
