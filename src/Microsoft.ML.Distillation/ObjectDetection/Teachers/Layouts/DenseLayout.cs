using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers.Layouts;

/// <summary>Layouts that give a box and a score of every class for each place: what is found is left to suppression.</summary>
internal abstract class DenseLayout(DetectorOutputLayout kind, IReadOnlyList<string> outputs, int classes) : DetectorLayout(kind, outputs)
{
    public override int? ClassCount => classes;

    public override void Read(LayoutValues values, Suppression suppression, FoundList found)
    {
        var places = Places(values);
        var (boxes, scores) = (new float[4 * places], new float[classes * places]);
        for (var image = 0; image < values.Images; image++)
        {
            Fill(values, image, boxes, scores);
            foreach (var candidate in NonMaximumSuppression.Apply(boxes, scores, classes, suppression))
                found.Add(values.FirstImage + image, boxes.AsSpan(4 * candidate.Place, 4), candidate.Score, candidate.Class);
        }
    }

    /// <summary>Checks the shapes, and counts the places of an image.</summary>
    protected abstract int Places(LayoutValues values);

    /// <param name="boxes">x0 y0 x1 y1 of each place.</param>
    /// <param name="scores">Of each place those of all classes.</param>
    protected abstract void Fill(LayoutValues values, int image, Span<float> boxes, Span<float> scores);

    protected static void SetBox(Span<float> boxes, int place, float x, float y, float width, float height)
    {
        var box = boxes.Slice(4 * place, 4);
        (box[0], box[1], box[2], box[3]) = (x - width / 2, y - height / 2, x + width / 2, y + height / 2);
    }
}
