using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers.Layouts;

/// <summary>N×M×(5+C): x, y, w, h in pixels of the input, objectness, class probabilities.</summary>
/// <param name="anchors">Null where they are not those of the output: then there are boxes and no raw predictions.</param>
internal sealed class YoloV5Layout(string output, int classes, AnchorGrid? anchors) : DenseLayout(DetectorOutputLayout.YoloV5, [output], classes)
{
    public const int Shared = 5; // x, y, w, h, objectness
    private const string Form = "N×M×(5+classes)";

    public override AnchorGrid? Anchors => anchors;

    public static DetectorLayout? Find(LayoutClues clues)
    {
        if (clues.Single is not { Shape: [_, var places, var length] } only || length <= Shared)
            return null;
        var expected = clues.Anchors.CountAt(clues.Input);
        var fits = places == expected;
        if (!fits && !clues.IsNamed)
            return null;
        return fits || clues.Options.Anchors is null
            ? new YoloV5Layout(only.Name, (int)length - Shared, fits ? clues.Anchors : null)
            : throw new InvalidDataException($"{clues.Source}: output {only} has {places} boxes at {clues.Input}; OnnxDetectorTeacherOptions.Anchors have {expected} ({clues.Anchors}). Give those of the file.");
    }

    public override IReadOnlyList<Tensor> Heads(LayoutTensors values)
    {
        var output = values.Batch(Outputs[0], 3, Shared + ClassCount, Form);
        if (output.shape[1] != anchors!.CountAt(values.Input))
            throw new InvalidDataException($"{values.Source}: output '{Outputs[0]}' has {output.shape[1]} boxes at {values.Input}; these anchors have {anchors!.CountAt(values.Input)}: {anchors}.");
        if (YoloGrid.Fault(output, anchors!, values.Input) is { } fault)
        {
            throw new InvalidDataException($"{values.Source} was not trained with the anchors {anchors}: {fault}. "
                + "Give its own in OnnxDetectorTeacherOptions.Anchors (and Strides): they are in the .yaml file the model was made from.");
        }
        return YoloLogits.FromDecoded(output, anchors!, values.Input);
    }

    protected override int Places(LayoutValues values) => (int)values.Batch(Outputs[0], 3, Shared + ClassCount, Form).Shape[1];

    protected override void Fill(LayoutValues values, int image, Span<float> boxes, Span<float> scores)
    {
        var classes = ClassCount!.Value;
        var (length, places) = (Shared + classes, boxes.Length / 4);
        var rows = values.Outputs[Outputs[0]].Floats.AsSpan(image * places * length, places * length);
        for (var place = 0; place < places; place++)
        {
            var row = rows.Slice(place * length, length);
            SetBox(boxes, place, row[0], row[1], row[2], row[3]);
            for (var c = 0; c < classes; c++)
                scores[place * classes + c] = row[4] * row[Shared + c];
        }
    }
}
