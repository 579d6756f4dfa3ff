using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>RetinaNet's task loss; see <see cref="RetinaNetLossOptions"/> for the formula and what departs from it.</summary>
internal sealed class RetinaNetLoss(RetinaNetLossOptions options)
{
    /// <param name="scores">Raw class scores, N×A×H×W×C a level.</param>
    /// <param name="offsets">Raw offsets from the anchors, N×A×H×W×4 a level.</param>
    /// <param name="anchors">x0 y0 x1 y1 in pixels of the input, R×4: level by level, each through its anchors, rows and columns.</param>
    /// <param name="targets">The objects.</param>
    /// <returns>The terms <c>class</c> and <c>box</c>.</returns>
    public IReadOnlyList<LossTerm> Compute(IReadOnlyList<Tensor> scores, IReadOnlyList<Tensor> offsets, Tensor anchors, DetectionTargets targets)
    {
        var (logits, boxes) = (Joined(scores), Joined(offsets));
        var objects = targets.To(logits.dtype).Padded();
        var places = anchors.to(logits.dtype);
        var matches = AnchorMatches.Find(places, objects, options);
        var foreground = matches.Foreground.to(logits.dtype);
        var count = foreground.sum().clamp_min(1);
        return
        [
            new("class", Classes(logits, matches, objects, foreground) / count, 1),
            new("box", (Boxes(boxes, places, matches, objects) * foreground).sum() / count, options.BoxWeight),
        ];
    }

    private Tensor Classes(Tensor logits, AnchorMatches matches, PaddedTargets objects, Tensor foreground)
    {
        var sure = objects.Confidence.gather(1, matches.Object) * foreground;
        var wanted = zeros_like(logits).scatter(2, objects.Classes.gather(1, matches.Object).unsqueeze(-1), sure.unsqueeze(-1));
        var counts = matches.Foreground.logical_or(matches.Background).to(logits.dtype).unsqueeze(-1);
        return (FocalLoss.Elementwise(logits, wanted, options.Alpha, options.Gamma) * counts).sum();
    }

    // Of each anchor, N×R.
    private Tensor Boxes(Tensor offsets, Tensor anchors, AnchorMatches matches, PaddedTargets objects)
    {
        var wanted = objects.Boxes.gather(1, matches.Object.unsqueeze(-1).expand(-1, -1, 4));
        return options.BoxLoss == BoxLoss.L1
            ? (offsets - BoxOffsets.Encode(anchors, wanted)).abs().sum(-1)
            : 1 - BoxOverlap.GIoU(BoxOffsets.Decode(anchors, offsets), wanted);
    }

    // N×R×…
    private static Tensor Joined(IReadOnlyList<Tensor> levels) => cat([.. levels.Select(level => level.flatten(1, 3))], 1);
}
