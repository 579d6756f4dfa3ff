namespace Microsoft.ML.Distillation.ObjectDetection.Teachers.Layouts;

/// <summary>Tells which layout a file has.</summary>
internal static class DetectorLayouts
{
    // What names tell comes before what shapes tell.
    private static readonly (DetectorOutputLayout Kind, string Form, Func<LayoutClues, DetectorLayout?> Find)[] _all =
    [
        (DetectorOutputLayout.Distillation, "an export of this library, with its metadata", FindOwn),
        (DetectorOutputLayout.Detr, "'logits' N×Q×(classes+1) and 'pred_boxes' N×Q×4", DetrLayout.Find),
        (DetectorOutputLayout.DetrSigmoid, "'logits' N×Q×classes and 'pred_boxes' N×Q×4", DetrLayout.FindSigmoid),
        (DetectorOutputLayout.EndToEnd, "one output N×K×6; or a count N×1, boxes N×K×4, scores N×K and classes N×K", clues => ObjectsLayout.FindEndToEnd(clues) ?? RowsLayout.Find(clues)),
        (DetectorOutputLayout.TorchVision, "'boxes' M×4, 'labels' M (integers) and 'scores' M, or the same with an axis for images", ObjectsLayout.FindTorchVision),
        (DetectorOutputLayout.YoloV5Raw, "for each level N×A×H×W×(5+classes) or N×A·(5+classes)×H×W", YoloRawLayout.Find),
        (DetectorOutputLayout.YoloV5, "one output N×M×(5+classes)", YoloV5Layout.Find),
        (DetectorOutputLayout.YoloV8, "one output N×(4+classes)×M", YoloV8Layout.Find),
    ];

    /// <exception cref="InvalidDataException">None fits, or the one that is named does not.</exception>
    public static DetectorLayout Find(LayoutClues clues)
    {
        var wanted = clues.Options.Layout;
        if (wanted == DetectorOutputLayout.Auto)
        {
            return clues.Own is not null ? FindOwn(clues)! : _all.Select(l => l.Find(clues)).FirstOrDefault(l => l is not null) ?? throw new InvalidDataException(
                $"{clues.Source}: its outputs at {clues.Input}, {string.Join(", ", clues.Outputs)}, are not laid out as any detector known here: "
                + $"{string.Join("; ", _all.Select(l => $"{l.Kind} is {l.Form}"))}. YoloV5 with the anchors {clues.Anchors} has {clues.Anchors.CountAt(clues.Input)} rows. "
                + "If it is one of these, name it (OnnxDetectorTeacherOptions.Layout) and its outputs (OutputNames); else export the model in one of these forms.");
        }
        var (_, form, find) = _all.First(l => l.Kind == wanted);
        return find(clues) ?? throw new InvalidDataException(
            $"{clues.Source}: its outputs at {clues.Input}, {string.Join(", ", clues.Outputs)}, are not laid out as {wanted}, which is {form}. Set OnnxDetectorTeacherOptions.Layout to another one, or to Auto.");
    }

    private static DetectorLayout? FindOwn(LayoutClues clues)
    {
        if (clues.Own is not { } own)
            return null;
        var names = clues.Outputs.Select(o => o.Name).ToHashSet();
        if (names.Contains("count"))
            return new ObjectsLayout(DetectorOutputLayout.Distillation, new("boxes", "scores", "labels", "count"), oneImage: false, firstLabel: 0);
        if (names.SetEquals(["boxes", "scores"]))
            return new CornersLayout("boxes", "scores", own.Student.ClassNames.Count);
        return YoloRawLayout.Find(clues, DetectorOutputLayout.Distillation, own.Student.ImageSize) ?? throw new InvalidDataException(
            $"{clues.Source} is an export of this library with the outputs {string.Join(", ", clues.Outputs)}, which are no teacher's; use the file that a detector's ToOnnx gives.");
    }
}
