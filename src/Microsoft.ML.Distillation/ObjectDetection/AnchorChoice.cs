using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>The anchors a student measures boxes from.</summary>
internal static class AnchorChoice
{
    /// <summary>Those of the teacher, where they must be its: where its predictions are repeated, or the weights that make them are inherited.</summary>
    /// <param name="hasNetwork">Whether the teacher's weights are to be had.</param>
    /// <returns>Null where the student is free, or the teacher's anchors are for other levels.</returns>
    public static AnchorSet? OfTeacher(ObjectDetector student, AnchorSet? teacher, bool hasNetwork, IEnumerable<DetectionMethod> methods) =>
        teacher is not null && student.IsYolo && teacher.Strides.SequenceEqual(student.DefaultAnchors.Strides)
        && methods.Any(method => method.ComparesClasses || (method.InheritsWeights && hasNetwork && student.StartingPoint is null))
            ? teacher
            : null;

    /// <summary>Anchors fitted to the objects, where these fit better than a student's own.</summary>
    /// <param name="own">As many anchors a level, and the same strides, are looked for.</param>
    /// <param name="ratio">Up to which the loss assigns boxes to anchors.</param>
    /// <returns>A student's own too where no object is large enough to go by (<see cref="CanFit"/>).</returns>
    public static AnchorSet Fit(BoxStore boxes, AnchorSet own, double ratio, long seed)
    {
        var sizes = Sizes(boxes);
        if (!CanFit(boxes))
            return own;
        var found = AnchorSearch.Find(sizes, own.Strides.Count * own.PerCell, seed, ratio);
        return AnchorFit.Of(sizes, found, ratio).Fitness > AnchorFit.Of(sizes, Sizes(own), ratio).Fitness
            ? new AnchorSet(own.Strides, [.. found.Chunk(own.PerCell).Select(level => level.Select(size => new[] { (float)size.Width, (float)size.Height }).ToArray())])
            : own;
    }

    /// <summary>Whether any object is large enough to go by.</summary>
    public static bool CanFit(BoxStore boxes) => Array.Exists(Sizes(boxes), AnchorSearch.IsUsable);

    /// <summary>What share of the objects a student's own anchors serve, and those it has.</summary>
    /// <inheritdoc cref="Fit" path="/param"/>
    public static AnchorFigures Figures(BoxStore boxes, AnchorSet own, AnchorSet used, double ratio)
    {
        var sizes = Sizes(boxes);
        return new AnchorFigures { OwnBestPossibleRecall = Recall(own), BestPossibleRecall = Recall(used) };

        double Recall(AnchorSet anchors) => AnchorFit.Of(sizes, Sizes(anchors), ratio).BestPossibleRecall;
    }

    private static BoxSize[] Sizes(AnchorSet anchors) => [.. anchors.Sizes.SelectMany(level => level).Select(size => new BoxSize(size[0], size[1]))];

    private static BoxSize[] Sizes(BoxStore store)
    {
        var sizes = new List<BoxSize>(store.ObjectCount);
        for (var row = 0; row < store.Count; row++)
        {
            var boxes = store.Boxes(row);
            for (var i = 0; i < boxes.Length; i += 4)
                sizes.Add(new BoxSize(boxes[i + 2] - boxes[i], boxes[i + 3] - boxes[i + 1]));
        }
        return [.. sizes];
    }
}
