namespace Microsoft.ML.Distillation.ObjectDetection.Teachers.Layouts;

/// <summary>N×(4+C)×M: x, y, w, h in pixels of the input, class probabilities.</summary>
internal sealed class YoloV8Layout(string output, int classes) : DenseLayout(DetectorOutputLayout.YoloV8, [output], classes)
{
    private const int Shared = 4; // x, y, w, h
    private const string Form = "N×(4+classes)×M";

    public static DetectorLayout? Find(LayoutClues clues) =>
        clues.Single is { Shape: [_, var numbers, var places] } only && numbers > Shared && (clues.IsNamed || places > numbers)
            ? new YoloV8Layout(only.Name, (int)numbers - Shared)
            : null;

    protected override int Places(LayoutValues values)
    {
        var shape = values.Batch(Outputs[0], 3, null, Form).Shape;
        return shape[1] == Shared + ClassCount
            ? (int)shape[2]
            : throw new InvalidDataException($"{values.Source}: output '{Outputs[0]}' has {shape[1]} numbers a box at {values.Input}; {Form} with {ClassCount} classes is needed.");
    }

    protected override void Fill(LayoutValues values, int image, Span<float> boxes, Span<float> scores)
    {
        var (classes, places) = (ClassCount!.Value, boxes.Length / 4);
        var planes = values.Outputs[Outputs[0]].Floats.AsSpan(image * (Shared + classes) * places, (Shared + classes) * places);
        for (var place = 0; place < places; place++)
        {
            SetBox(boxes, place, planes[place], planes[places + place], planes[2 * places + place], planes[3 * places + place]);
            for (var c = 0; c < classes; c++)
                scores[place * classes + c] = planes[(Shared + c) * places + place];
        }
    }
}
