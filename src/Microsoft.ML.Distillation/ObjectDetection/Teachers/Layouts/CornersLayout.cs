namespace Microsoft.ML.Distillation.ObjectDetection.Teachers.Layouts;

/// <summary>This library's decoded export: boxes N×M×4, x0 y0 x1 y1, and scores N×M×C.</summary>
internal sealed class CornersLayout(string boxes, string scores, int classes) : DenseLayout(DetectorOutputLayout.Distillation, [boxes, scores], classes)
{
    protected override int Places(LayoutValues values)
    {
        var places = values.Batch(Outputs[0], 3, 4, "N×M×4").Shape[1];
        return values.Batch(Outputs[1], 3, ClassCount, "N×M×classes").Shape[1] == places
            ? (int)places
            : throw new InvalidDataException($"{values.Source}: outputs '{Outputs[0]}' and '{Outputs[1]}' are of different lengths; the file was changed after it was exported.");
    }

    protected override void Fill(LayoutValues values, int image, Span<float> boxes, Span<float> scores)
    {
        values.Outputs[Outputs[0]].Floats.AsSpan(image * boxes.Length, boxes.Length).CopyTo(boxes);
        values.Outputs[Outputs[1]].Floats.AsSpan(image * scores.Length, scores.Length).CopyTo(scores);
    }
}
