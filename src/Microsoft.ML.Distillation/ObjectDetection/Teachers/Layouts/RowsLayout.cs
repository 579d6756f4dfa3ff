using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers.Layouts;

/// <summary>Finished objects in one output: N×K×6, x0 y0 x1 y1 score class.</summary>
internal sealed class RowsLayout(string output, int firstLabel) : DetectorLayout(DetectorOutputLayout.EndToEnd, [output])
{
    private const int Length = 6;
    private const long MostRows = 1000; // more are boxes before suppression, of a detector of one class

    public static DetectorLayout? Find(LayoutClues clues) =>
        clues.Single is { Shape: [_, var rows, Length] } only && (clues.IsNamed || (rows <= MostRows && rows != clues.Anchors.CountAt(clues.Input)))
            ? new RowsLayout(only.Name, clues.Options.FirstLabel ?? 0)
            : null;

    public override void Read(LayoutValues values, Suppression suppression, FoundList found)
    {
        var objects = values.Batch(Outputs[0], 3, Length, "N×K×6");
        var perImage = (int)objects.Shape[1];
        for (var i = 0; i < values.Images * perImage; i++)
        {
            var row = objects.Floats.AsSpan(i * Length, Length);
            if (row[4] > suppression.ScoreThreshold && NonMaximumSuppression.IsFinite(row) && Label.ClassOf(row[5], firstLabel, values, Outputs[0]) is { } @class)
                found.Add(values.FirstImage + i / perImage, row, row[4], @class);
        }
    }
}
