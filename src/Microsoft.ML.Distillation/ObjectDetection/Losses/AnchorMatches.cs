using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>What each of R anchors answers for in each of N images.</summary>
/// <param name="Object">Place of its object among the image's, N×R of int64; only of use where it is foreground.</param>
/// <param name="Foreground">N×R of bool.</param>
/// <param name="Background">N×R of bool; anchors that are neither are left out.</param>
internal sealed record AnchorMatches(Tensor Object, Tensor Foreground, Tensor Background)
{
    /// <summary>Matches anchors to the objects that they overlap most.</summary>
    /// <param name="anchors">x0 y0 x1 y1, R×4.</param>
    /// <param name="objects">The objects.</param>
    /// <param name="options">What overlap counts.</param>
    /// <remarks>Image by image: the overlaps of all together, N×G×R with some temporaries, would be the largest tensors of a training step.</remarks>
    public static AnchorMatches Find(Tensor anchors, PaddedTargets objects, RetinaNetLossOptions options)
    {
        using var noGrad = no_grad();
        var images = objects.Boxes.unbind(0).Zip(objects.Present.unbind(0), (boxes, present) => OfImage(anchors, boxes, present, options)).ToList();
        return new AnchorMatches(stack(images.Select(i => i.Object)), stack(images.Select(i => i.Foreground)), stack(images.Select(i => i.Background)));
    }

    private static (Tensor Object, Tensor Foreground, Tensor Background) OfImage(Tensor anchors, Tensor boxes, Tensor present, RetinaNetLossOptions options)
    {
        using var scope = NewDisposeScope();
        var overlap = BoxOverlap.Pairwise(boxes, anchors, BoxOverlap.IoU) * present.unsqueeze(1).to(anchors.dtype);
        var (best, place) = overlap.max(0);
        var foreground = best.ge(options.ForegroundIoU);
        if (options.LowQualityMatches)
        {
            var most = overlap.amax(new long[] { 1 }, keepdim: true);
            foreground = foreground.logical_or(overlap.eq(most).logical_and(most.gt(0)).any(0));
        }
        var background = best.lt(options.BackgroundIoU).logical_and(foreground.logical_not());
        return (place.MoveToOuterDisposeScope(), foreground.MoveToOuterDisposeScope(), background.MoveToOuterDisposeScope());
    }
}
