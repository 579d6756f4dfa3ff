using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>Along one axis, where a stored image comes to lie in an augmented one: position p goes to Scale·p + Offset, of which First…Last is seen.</summary>
/// <param name="Scale">Negative for a mirrored image.</param>
/// <param name="First">In the augmented image, as <paramref name="Last"/>; what is outside belongs to others, or to nobody.</param>
/// <param name="From">Centre of the first stored pixel that is the image and not its padding.</param>
/// <param name="To">Centre of the last one.</param>
internal readonly record struct AxisPlacement(float Scale, float Offset, float First, float Last, float From, float To)
{
    /// <summary>Numbers of an axis.</summary>
    public const int Length = 6;

    /// <summary>Of an image that isn't there.</summary>
    public static AxisPlacement Nowhere { get; } = new(1, 0, 0, 0, 0, 0);

    /// <param name="scale">From canvas to augmented image.</param>
    /// <param name="offset">From canvas to augmented image.</param>
    /// <param name="stored">Where the image begins in its stored pixels.</param>
    /// <param name="length">How many of them it takes up.</param>
    /// <param name="origin">Where it begins on the canvas.</param>
    /// <param name="canvas">Length of the canvas.</param>
    /// <param name="target">Length of the augmented image.</param>
    public static AxisPlacement Of(double scale, double offset, int stored, int length, int origin, int canvas, int target)
    {
        if (length == 0)
            return Nowhere;
        var (one, other) = (scale * Math.Max(0, origin) + offset, scale * Math.Min(canvas, origin + length) + offset);
        var (first, last) = (Math.Clamp(Math.Min(one, other), 0, target), Math.Clamp(Math.Max(one, other), 0, target));
        return new((float)scale, (float)(scale * (origin - stored) + offset), (float)first, (float)last, stored + .5f, stored + length - .5f);
    }

    /// <summary>Where the span from <paramref name="start"/> to <paramref name="end"/> comes to lie: all of it, and what is seen of it.</summary>
    public (float Length, float Start, float End) Move(float start, float end)
    {
        var (one, other) = (Scale * start + Offset, Scale * end + Offset);
        return (Math.Abs(other - one), Math.Clamp(Math.Min(one, other), First, Last), Math.Clamp(Math.Max(one, other), First, Last));
    }

    public void CopyTo(Span<float> target) => (target[0], target[1], target[2], target[3], target[4], target[5]) = (Scale, Offset, First, Last, From, To);
}

/// <summary>Where a stored image comes to lie in an augmented one.</summary>
/// <param name="Row">The image.</param>
internal readonly record struct TilePlacement(int Row, AxisPlacement Across, AxisPlacement Down)
{
    /// <summary>Numbers of a placement.</summary>
    public const int Length = 2 * AxisPlacement.Length;

    // The limits are those of YOLOv5's box_candidates.
    private const float SmallestSide = 2, LongestAspect = 100, SmallestShare = .1f;

    /// <summary>Numbers of a target: image of the batch, class, x0 y0 x1 y1; and the confidence, where the store has any.</summary>
    public const int TargetLength = 6;

    public void CopyTo(Span<float> target)
    {
        Across.CopyTo(target);
        Down.CopyTo(target[AxisPlacement.Length..]);
    }

    /// <summary>Adds what is left of the objects on the image.</summary>
    /// <param name="image">Its place in the batch.</param>
    /// <param name="choosy">Leave out objects of which too little is left.</param>
    public void AddTargets(BoxStore store, int image, bool choosy, List<float> targets)
    {
        var classes = store.Classes(Row);
        var boxes = store.Boxes(Row);
        var confidences = store.Confidences(Row);
        for (var i = 0; i < classes.Length; i++)
        {
            var (width, x0, x1) = Across.Move(boxes[4 * i], boxes[4 * i + 2]);
            var (height, y0, y1) = Down.Move(boxes[4 * i + 1], boxes[4 * i + 3]);
            if (!(choosy ? Stays(x1 - x0, y1 - y0, (double)width * height) : x1 > x0 && y1 > y0))
                continue;
            targets.AddRange([image, classes[i], x0, y0, x1, y1]);
            if (store.HasConfidences)
                targets.Add(confidences[i]);
        }
    }

    /// <summary>Whether enough is left of a box.</summary>
    /// <param name="area">Before it was cut.</param>
    public static bool Stays(float width, float height, double area) =>
        width > SmallestSide && height > SmallestSide && Math.Max(width, height) < LongestAspect * Math.Min(width, height) && (double)width * height > SmallestShare * area;
}
