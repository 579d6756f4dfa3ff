namespace Microsoft.ML.Distillation.Data;

/// <summary>What becomes of a box that reaches over the image's edge.</summary>
internal enum OutsideBoxes
{
    /// <summary>It ends at the edge, as long as something of it lies within.</summary>
    Clip,

    /// <summary>It is a fault.</summary>
    Fault,
}

/// <summary>The boxes of a row, or what is wrong with them.</summary>
/// <param name="Boxes">Flat, x0 y0 x1 y1 in pixels, within the image; empty where there is a fault.</param>
/// <param name="Clipped">How many were cut at the image's edge.</param>
/// <param name="Fault">A phrase for after "Row 7 of the training data: "; null for none.</param>
internal readonly record struct CheckedBoxes(float[] Boxes, int Clipped, string? Fault);

/// <summary>Checks a detection row's boxes and their number of labels against its image.</summary>
internal static class BoundingBoxCheck
{
    private const int Coordinates = 4;
    private static readonly string[] _names = ["x0", "y0", "x1", "y1"];

    /// <param name="boxes">Flat, x0 y0 x1 y1 in pixels of the image, from its upper left corner.</param>
    /// <param name="labels">How many labels the row has.</param>
    public static CheckedBoxes Check(ReadOnlySpan<float> boxes, int labels, ImageSize image, OutsideBoxes outside = OutsideBoxes.Clip)
    {
        if (boxes.Length % Coordinates != 0)
            return Fault($"its boxes are {boxes.Length} numbers, which is no multiple of 4; each box is x0 y0 x1 y1");
        if (boxes.Length / Coordinates != labels)
            return Fault($"it has {labels} label{(labels == 1 ? "" : "s")} and {boxes.Length / Coordinates} box{(boxes.Length == Coordinates ? "" : "es")}; each box needs a label");
        var (good, clipped) = (boxes.ToArray(), 0);
        for (var at = 0; at < boxes.Length; at += Coordinates)
        {
            var box = good.AsSpan(at, Coordinates);
            if ((FaultOf(box) ?? Place(box, image, outside, ref clipped)) is { } fault)
                return Fault($"box {at / Coordinates} ({string.Join(' ', boxes.Slice(at, Coordinates).ToArray().Select(v => FormattableString.Invariant($"{v}")))}) {fault}");
        }
        return new(good, clipped, null);
    }

    private static string? FaultOf(ReadOnlySpan<float> box)
    {
        for (var i = 0; i < Coordinates; i++)
        {
            if (!float.IsFinite(box[i]))
                return $"has no finite {_names[i]}";
        }
        if (box[2] < box[0] || box[3] < box[1])
            return "is inverted: x0 y0 is its upper left corner, x1 y1 its lower right one (not its width and height)";
        return box[2] == box[0] || box[3] == box[1] ? "has no area" : null;
    }

    private static string? Place(Span<float> box, ImageSize image, OutsideBoxes outside, ref int clipped)
    {
        if (box[0] >= 0 && box[1] >= 0 && box[2] <= image.Width && box[3] <= image.Height)
            return null;
        if (outside == OutsideBoxes.Fault)
            return $"reaches out of its image of {image} pixels";
        (box[0], box[1]) = (Math.Max(0, box[0]), Math.Max(0, box[1]));
        (box[2], box[3]) = (Math.Min(image.Width, box[2]), Math.Min(image.Height, box[3]));
        clipped++;
        return box[2] > box[0] && box[3] > box[1] ? null : $"lies outside its image of {image} pixels";
    }

    private static CheckedBoxes Fault(string fault) => new([], 0, fault);
}
