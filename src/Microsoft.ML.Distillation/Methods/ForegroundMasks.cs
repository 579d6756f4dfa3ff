using Microsoft.ML.Distillation.ObjectDetection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>Where objects are on a feature map, weighed as FGD does.</summary>
internal static class ForegroundMasks
{
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
        var foreground = (rows * columns).amax(new long[] { 1 });
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
}
