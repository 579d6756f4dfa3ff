using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers.Layouts;

/// <summary>Names of the outputs that objects are read from.</summary>
/// <param name="Count">Objects in each image, the first ones of a row; null where all are.</param>
internal sealed record ObjectOutputs(string Boxes, string Scores, string Labels, string? Count)
{
    public IReadOnlyList<string> All => Count is null ? [Boxes, Scores, Labels] : [Boxes, Scores, Labels, Count];
}

/// <summary>Finished objects: boxes N×K×4, x0 y0 x1 y1, scores N×K, labels N×K and sometimes a count N or N×1; or those of a single image, without the axis for images.</summary>
/// <param name="firstLabel">Label of the first class. Smaller ones are a background's, or fill rows up.</param>
internal sealed class ObjectsLayout(DetectorOutputLayout kind, ObjectOutputs names, bool oneImage, int firstLabel) : DetectorLayout(kind, names.All)
{
    private const int TorchVisionFirst = 1;

    public override bool IsForOneImage => oneImage;

    public override bool IsFromImageNet => Kind == DetectorOutputLayout.TorchVision;

    public static DetectorLayout? FindTorchVision(LayoutClues clues)
    {
        var boxes = clues.Outputs.FirstOrDefault(o => o.IsBoxes && (clues.IsNamed || o.Shape.Length == 2 || o.Says("box")));
        var labels = clues.Outputs.FirstOrDefault(o => o.IsInteger && o.Shape.Length == boxes?.Shape.Length - 1 && (clues.IsNamed || o.Shape.Length == 1 || o.Says("label")));
        var scores = clues.Outputs.FirstOrDefault(o => !o.IsInteger && o != boxes && o.Shape.Length == boxes?.Shape.Length - 1);
        return boxes is null || labels is null || scores is null || (!clues.IsNamed && clues.Outputs.Any(o => IsCount(o, boxes)))
            ? null
            : new ObjectsLayout(
                DetectorOutputLayout.TorchVision, new(boxes.Name, scores.Name, labels.Name, null), boxes.Shape.Length == 2, clues.Options.FirstLabel ?? TorchVisionFirst);
    }

    public static DetectorLayout? FindEndToEnd(LayoutClues clues)
    {
        var boxes = clues.Outputs.FirstOrDefault(o => o is { IsBoxes: true, Shape.Length: 3 });
        var count = boxes is null ? null : clues.Outputs.FirstOrDefault(o => IsCount(o, boxes));
        var rows = clues.Outputs.Where(o => o != boxes && o != count && o.Shape.Length == 2 && o.Shape[1] == boxes?.Shape[1]).ToList();
        var scores = rows.FirstOrDefault(o => !o.IsInteger && o.Says("score"));
        var labels = rows.FirstOrDefault(o => o != scores && (o.Says("class") || o.Says("label")));
        return boxes is null || count is null || scores is null || labels is null
            ? null
            : new ObjectsLayout(DetectorOutputLayout.EndToEnd, new(boxes.Name, scores.Name, labels.Name, count.Name), false, clues.Options.FirstLabel ?? 0);
    }

    public override void Read(LayoutValues values, Suppression suppression, FoundList found)
    {
        var (boxes, scores, labels) = oneImage ? OneImage(values) : Batch(values);
        var places = (int)boxes.Shape[^2];
        var counts = names.Count is { } count ? values.Outputs[count] : null;
        for (var image = 0; image < values.Images; image++)
        {
            var objects = counts is null ? places : (int)Math.Clamp(NumberAt(counts, image), 0, places);
            for (var i = image * places; i < image * places + objects; i++)
            {
                if (!(scores.Floats[i] > suppression.ScoreThreshold) || !NonMaximumSuppression.IsFinite(boxes.Floats.AsSpan(4 * i, 4)))
                    continue;
                if (Label.ClassOf(NumberAt(labels, i), firstLabel, values, labels.Name) is { } @class)
                    found.Add(values.FirstImage + image, boxes.Floats.AsSpan(4 * i, 4), scores.Floats[i], @class);
            }
        }
    }

    private (OnnxTensor Boxes, OnnxTensor Scores, OnnxTensor Labels) Batch(LayoutValues values)
    {
        var boxes = values.Batch(names.Boxes, 3, 4, "N×K×4");
        return (boxes, values.Batch(names.Scores, 2, boxes.Shape[1], "N×K"), values.Batch(names.Labels, 2, boxes.Shape[1], "N×K"));
    }

    private (OnnxTensor Boxes, OnnxTensor Scores, OnnxTensor Labels) OneImage(LayoutValues values)
    {
        var (boxes, scores, labels) = (values.Outputs[names.Boxes], values.Outputs[names.Scores], values.Outputs[names.Labels]);
        return boxes.Shape is [var objects, 4] && scores.Shape is [var given] && labels.Shape is [var labelled] && given == objects && labelled == objects
            ? (boxes, scores, labels)
            : throw new InvalidDataException($"{values.Source}: outputs '{names.Boxes}', '{names.Scores}' and '{names.Labels}' are {OnnxValue.ShapeText(boxes.Shape)}, "
                + $"{OnnxValue.ShapeText(scores.Shape)} and {OnnxValue.ShapeText(labels.Shape)} for one image; M×4, M and M are needed.");
    }

    private static bool IsCount(OutputClue output, OutputClue boxes) => output.IsInteger && boxes.Shape.Length == 3
        && (output.Shape.Length == 1 || output.Shape is [_, 1]) && (output.Says("num") || output.Says("count") || output.Says("valid"));

    private static double NumberAt(OnnxTensor values, int place) => values.IsInteger ? values.Integers[place] : values.Floats[place];
}
