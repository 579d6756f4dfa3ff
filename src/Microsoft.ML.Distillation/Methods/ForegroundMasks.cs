using Microsoft.ML.Distillation.ObjectDetection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>Where objects are on a feature map, weighed as FGD does.</summary>
internal static class ForegroundMasks
{
    /// <summary>Maps of boxes held at a time: one image may have hundreds.</summary>
    public const int MapsAtOnce = 16;

    /// <summary>Masks of a map of an input.</summary>
    /// <param name="objects">The objects, boxes in pixels of the input.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="input">Size of the input.</param>
    /// <returns>
    /// Foreground, N×H×W: 1 over the area in cells of the smallest box there, which reaches from the cell of its low corner, rounded down, to that of its high one, rounded up, both included; 0
    /// where there is no box. Background, N×H×W: where that is 0, 1 over the number of such places of the image.
    /// </returns>
    public static (Tensor Foreground, Tensor Background) Draw(PaddedTargets objects, long height, long width, ImageSize input)
    {
        using var noGrad = no_grad();
        var boxes = objects.Boxes;
        var (left, right) = (Scaled(0, width, input.Width).floor(), Scaled(2, width, input.Width).ceil());
        var (top, bottom) = (Scaled(1, height, input.Height).floor(), Scaled(3, height, input.Height).ceil());
        var weight = objects.Present.to(boxes.dtype) / ((right - left + 1) * (bottom - top + 1)).clamp_min(1);
        var columns = Within(left, right, width).unsqueeze(2);
        var rows = (Within(top, bottom, height) * weight.unsqueeze(-1)).unsqueeze(3);
        var foreground = Largest(rows, columns);
        var empty = foreground.eq(0).to(boxes.dtype);
        return (foreground, empty / empty.sum(1, 2, keepdim: true).clamp_min(1));

        // Multiplied before it is divided: borders on whole cells then stay whole.
        Tensor Scaled(long column, long cells, int pixels) => boxes.select(2, column) * cells / pixels;

        Tensor Within(Tensor first, Tensor last, long cells)
        {
            var place = arange(cells, boxes.dtype, boxes.device);
            return place.ge(first.unsqueeze(-1)).logical_and(place.le(last.unsqueeze(-1))).to(boxes.dtype);
        }
    }

    /// <summary>The largest product over the objects, N×H×W, of N×G×H×1 and N×G×1×W.</summary>
    private static Tensor Largest(Tensor rows, Tensor columns)
    {
        var objects = rows.shape[1];
        var largest = Of(0);
        for (long first = MapsAtOnce; first < objects; first += MapsAtOnce)
        {
            using var before = largest;
            using var some = Of(first);
            largest = before.maximum(some);
        }
        return largest;

        Tensor Of(long first)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(MapsAtOnce, objects - first);
            return (rows.narrow(1, first, count) * columns.narrow(1, first, count)).amax(new long[] { 1 }).MoveToOuterDisposeScope();
        }
    }
}
