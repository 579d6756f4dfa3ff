using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers.Layouts;

public class ObjectsLayoutTests
{
    private static readonly ImageSize Size = new(32, 32);
    private static readonly float[] Boxes = [1, 2, 11, 12, 5, 6, 9, 30, 0, 0, 4, 4];
    private static readonly float[] Scores = [.9f, .6f, .3f];
    private static readonly double[][] Expected = [[0, 0, .9, 1, 2, 11, 12], [0, 1, .6, 5, 6, 9, 30], [0, 0, .3, 0, 0, 4, 4]];
    private readonly OnnxDetectorTeacherOptions _plain = new() { ClassNames = ["a", "b"], Normalization = ImageNormalization.ZeroToOne };

    [Fact]
    public void TorchVisionTakesOneImageAtATime()
    {
        var teacher = TorchVision(null, 1, 2, 1).ToTeacher(_plain);

        var found = Sketch.Detect(teacher, Size, 1, 0, 1);

        Sketch.Same(found, [.. Expected, .. Expected.Select(e => In(2, e))]);
        Assert.Equal((DetectorOutputLayout.TorchVision, 2), (teacher.Inspect().Layout, teacher.Inspect().ClassCount));
    }

    [Theory]
    [InlineData("N")]
    [InlineData(null)]
    public void TorchVisionInBatches(string? batch)
    {
        // The label 0 is the background's, which is nothing found.
        var sketch = TorchVision(batch is null ? 2 : batch, 1, 2, 0);

        var found = Sketch.Detect(sketch.ToTeacher(_plain), Size, 1, 0, 1);

        Sketch.Same(found, [.. Expected[..2], .. Expected[..2].Select(e => In(2, e))]);
    }

    [Fact]
    public void LabelsMayBeginElsewhere() => Sketch.Same(
        Sketch.Detect(TorchVision("N", 0, 1, 0).ToTeacher(new() { ClassNames = ["a", "b"], Normalization = ImageNormalization.ZeroToOne, FirstLabel = 0 }), Size, 1), Expected);

    [Fact]
    public void LabelsDontTellHowManyClassesThereAre()
    {
        Assert.Equal(
            "(from bytes) gives labels (TorchVision), which don't tell how many classes there are; name them in the order of the labels: OnnxDetectorTeacherOptions.ClassNames.",
            Sketch.Refusal(TorchVision("N", 1, 2, 1).ToTeacher()));
        Assert.Equal(
            "(from bytes): output 'labels' holds the label 3, and there are 2 classes, the first one labelled 1. Name all classes in the order of the labels (OnnxDetectorTeacherOptions.ClassNames), or set FirstLabel.",
            Assert.Throws<InvalidDataException>(() => Sketch.Detect(TorchVision("N", 1, 3, 1).ToTeacher(_plain), Size, 1)).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EndToEndWithACount(bool integers)
    {
        var sketch = new Sketch(
            new Drawing("num_dets", [2], [1], Integers: true), new Drawing("det_boxes", Boxes, [3, 4]), new Drawing("det_scores", Scores, [3], _ => true),
            new Drawing("det_classes", [0, 1, 0], [3], Integers: integers));
        var teacher = sketch.ToTeacher(_plain);

        Sketch.Same(Sketch.Detect(teacher, Size, 1, 0), Expected[..2]);
        Assert.Equal(DetectorOutputLayout.EndToEnd, teacher.Inspect().Layout);
    }

    [Fact]
    public void EndToEndInOneOutput()
    {
        float[] rows = [1, 2, 11, 12, .9f, 0, 5, 6, 9, 30, .6f, 1, 0, 0, 4, 4, .3f, 0];
        var teacher = new Sketch(new Drawing("output0", rows, [3, 6], i => i % 6 == 4)).ToTeacher(new() { ClassNames = ["a", "b"] });

        Sketch.Same(Sketch.Detect(teacher, Size, 1, 0), Expected);
        Sketch.Same(Sketch.Detect(teacher, new(64, 64), 1), [.. Expected.Select(e => new double[] { 0, e[1], e[2], 2 * e[3], 2 * e[4], 2 * e[5], 2 * e[6] })]);
        Assert.Equal(DetectorOutputLayout.EndToEnd, teacher.Inspect().Layout);
    }

    [Fact]
    public void DetrBoxesAreSharesOfTheInput()
    {
        // Softmax of (0, ln 2, ln 5): 1/8, 2/8, 5/8; the last one is no object. Of (ln 6, 0, 0): 6/8. A black image's logits are all 0.
        float[] logits = [0, MathF.Log(2), MathF.Log(5), MathF.Log(6), 0, 0];
        var teacher = new Sketch(new Drawing("logits", logits, [2, 3], _ => true), new Drawing("pred_boxes", [.5f, .25f, .5f, .125f, .25f, .5f, .25f, .5f], [2, 4]), new Drawing("last_hidden_state", new float[8], [2, 4]))
            .ToTeacher(new() { Normalization = ImageNormalization.ZeroToOne });

        var found = Sketch.Detect(teacher, new(64, 64), 1, 0);

        Sketch.Same(
            found, [0, 1, .25, 16, 12, 48, 20], [0, 0, .75, 8, 16, 24, 48], [1, 0, 1 / 3.0, 16, 12, 48, 20], [1, 0, 1 / 3.0, 8, 16, 24, 48]);
        Assert.Equal((DetectorOutputLayout.Detr, 2), (teacher.Inspect().Layout, teacher.Inspect().ClassCount));
    }

    // As many logits as class names: each is for itself, and a query may be two things.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DetrsOfSigmoidsHaveNoLogitForNoObject(bool named)
    {
        float[] logits = [MathF.Log(4), 0, MathF.Log(9), -20];
        var teacher = new Sketch(new Drawing("logits", logits, [2, 2], _ => true), new Drawing("pred_boxes", [.5f, .25f, .5f, .125f, .25f, .5f, .25f, .5f], [2, 4]))
            .ToTeacher(new() { Normalization = ImageNormalization.ZeroToOne, ClassNames = ["a", "b"], Layout = named ? DetectorOutputLayout.DetrSigmoid : DetectorOutputLayout.Auto, MaximumDetections = 3 });

        Sketch.Same(Sketch.Detect(teacher, new(64, 64), 1), [0, 0, .9, 8, 16, 24, 48], [0, 0, .8, 16, 12, 48, 20], [0, 1, .5, 16, 12, 48, 20]);
        Assert.Equal((DetectorOutputLayout.DetrSigmoid, 2), (teacher.Inspect().Layout, teacher.Inspect().ClassCount));
    }

    [Fact]
    public void ImageNetsColoursAreTakenOffWhereTheGraphDoesNot()
    {
        string Centred(OnnxGraphBuilder graph, string image, float scale) => graph.Sub(image, graph.AddInitializer("mean", [.485f * scale, .456f * scale, .406f * scale], 3, 1, 1));
        Drawing[] detr = [new Drawing("logits", new float[6], [2, 3]), new Drawing("pred_boxes", new float[8], [2, 4])];

        Assert.Same(ImageNormalization.ImageNet, new Sketch(detr).ToTeacher().Inspect().Normalization);
        Assert.Same(ImageNormalization.ZeroToOne, new Sketch(detr) { Head = (g, x) => Centred(g, x, 1) }.ToTeacher().Inspect().Normalization);
        Assert.Same(ImageNormalization.Raw, new Sketch(detr) { Head = (g, x) => Centred(g, x, 255) }.ToTeacher().Inspect().Normalization);
        Assert.Same(ImageNormalization.Cifar10, new Sketch(detr).ToTeacher(new() { Normalization = ImageNormalization.Cifar10 }).Inspect().Normalization);
    }

    private static double[] In(int image, double[] line) => [image, .. line[1..]];

    private static Sketch TorchVision(OnnxDimension? batch, params float[] labels) =>
        new(new Drawing("boxes", Boxes, [3, 4]), new Drawing("labels", labels, [3], Integers: true), new Drawing("scores", Scores, [3], _ => true)) { Batch = batch };
}
