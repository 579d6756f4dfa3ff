using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>The anchors a student measures boxes from.</summary>
internal static class AnchorChoice
{
    /// <summary>Those of the teacher, where they must be its: where its predictions are repeated, or the weights that make them are inherited.</summary>
    /// <returns>Null where the student is free, or the teacher's anchors are for other levels.</returns>
    public static AnchorSet? OfTeacher(ObjectDetector student, AnchorSet? teacher, IEnumerable<DetectionMethod> methods) =>
        teacher is not null && student.IsYolo && teacher.Strides.SequenceEqual(student.DefaultAnchors.Strides)
        && methods.Any(method => method.ComparesClasses || (method.InheritsWeights && student.StartingPoint is null))
            ? teacher
            : null;

    /// <summary>Anchors fitted to the objects, where these fit better than a student's own.</summary>
    /// <param name="own">As many anchors a level, and the same strides, are looked for.</param>
    public static AnchorSet Fit(BoxStore boxes, AnchorSet own, long seed)
    {
        var sizes = Sizes(boxes);
        var found = AnchorSearch.Find(sizes, own.Strides.Count * own.PerCell, seed);
        return Fitness(sizes, found) > Fitness(sizes, [.. own.Sizes.SelectMany(level => level).Select(size => new BoxSize(size[0], size[1]))])
            ? new AnchorSet(own.Strides, [.. found.Chunk(own.PerCell).Select(level => level.Select(size => new[] { (float)size.Width, (float)size.Height }).ToArray())])
            : own;
    }

    private static double Fitness(BoxSize[] boxes, BoxSize[] anchors) => AnchorFit.Of(boxes, anchors).Fitness;

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
