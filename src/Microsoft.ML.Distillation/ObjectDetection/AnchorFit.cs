namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>A width and a height, in pixels of the detector's input.</summary>
internal readonly record struct BoxSize(double Width, double Height);

/// <summary>
/// How well anchors fit boxes. Of a box and an anchor the likeness is the smallest of w/a, a/w, h/b, b/h, 0…1; an anchor serves a box whose likeness is
/// above 1/ratio.
/// </summary>
/// <param name="BestPossibleRecall">The share of boxes that some anchor serves: no detector with these anchors learns more of them.</param>
/// <param name="AnchorsPerBox">Anchors that serve a box, on average.</param>
/// <param name="Fitness">The mean likeness of boxes to their best anchors, 0 for those that none serves.</param>
/// <remarks>As in YOLOv5's check and search of anchors, https://github.com/ultralytics/yolov5, whose ratio is 4.</remarks>
internal readonly record struct AnchorFit(double BestPossibleRecall, double AnchorsPerBox, double Fitness)
{
    /// <summary>The ratio up to which YOLOv5's loss assigns boxes to anchors.</summary>
    public const double UsualRatio = 4;

    /// <returns>The fit; NaN throughout without boxes.</returns>
    public static AnchorFit Of(ReadOnlySpan<BoxSize> boxes, ReadOnlySpan<BoxSize> anchors, double ratio = UsualRatio)
    {
        var least = 1 / ratio;
        var (served, serving, fitness) = (0L, 0L, 0.0);
        foreach (var box in boxes)
        {
            var best = 0.0;
            foreach (var anchor in anchors)
            {
                var likeness = Math.Min(Likeness(box.Width, anchor.Width), Likeness(box.Height, anchor.Height));
                serving += likeness > least ? 1 : 0;
                best = Math.Max(best, likeness);
            }
            if (best > least)
                (served, fitness) = (served + 1, fitness + best);
        }
        return new((double)served / boxes.Length, (double)serving / boxes.Length, fitness / boxes.Length);
    }

    private static double Likeness(double side, double other) => side < other ? side / other : other / side;
}
