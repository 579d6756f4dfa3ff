using Microsoft.ML.Distillation.Students.Detection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers.Layouts;

public class YoloLayoutTests
{
    private const int Classes = 3, Length = 5 + Classes;
    private const int Rows = 63; // of YOLOv5's anchors at 32×32: 3·(16 + 4 + 1)
    private static readonly ImageSize Size = new(32, 32);

    [Fact]
    public void V5ScoresAreObjectnessTimesClass()
    {
        var teacher = V5().ToTeacher();

        var found = Sketch.Detect(teacher, Size, 1, 0, .5f);

        // Brightness comes in twice, by the objectness and by the class. The third box hides behind the first, and would not if it were of another class.
        Sketch.Same(
            found, [0, 1, .72, 6, 5, 14, 17], [0, 2, .4, 6, 5, 14, 17], [0, 0, .35, 20, 20, 28, 24], [2, 1, .18, 6, 5, 14, 17], [2, 2, .1, 6, 5, 14, 17], [2, 0, .0875, 20, 20, 28, 24]);
        Assert.Equal(DetectorOutputLayout.YoloV5, teacher.Inspect().Layout);
    }

    [Fact]
    public void PixelsAreResizedWithoutStretchingAndBoxesPutBack()
    {
        // 64×32 becomes 32×16 in the upper half: the mean of the input is halved.
        var found = Sketch.Detect(V5().ToTeacher(new() { ScoreThreshold = .15 }), new(64, 32), 1);

        Sketch.Same(found, [0, 1, .18, 12, 10, 28, 34]);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(4, true)]
    public void FixedBatchesAreFilledUp(int batch, bool channelsLast)
    {
        var one = Sketch.Detect(V5().ToTeacher(), Size, 1, .5f, 1);

        var found = Sketch.Detect(V5(batch, channelsLast).ToTeacher(), Size, 1, .5f, 1);

        Assert.Equal(9, one.Count);
        Sketch.Same(found, [.. one]);
    }

    [Fact]
    public void ThresholdsAndLimitsAreTheOptions()
    {
        Assert.Single(Sketch.Detect(V5().ToTeacher(new() { ScoreThreshold = .5 }), Size, 1));
        Assert.Equal(2, Sketch.Detect(V5().ToTeacher(new() { MaximumDetections = 2 }), Size, 1).Count);
        Assert.Equal(4, Sketch.Detect(V5().ToTeacher(new() { IouThreshold = 1 }), Size, 1).Count);
    }

    [Fact]
    public void V8HasNoObjectness()
    {
        // 7 numbers a box, 21 places: x, y, w, h and three classes, a plane each.
        var values = new float[7 * 21];
        Set(values, 21, 4, [10, 11, 8, 12, .1f, .8f, 0]);
        Set(values, 21, 9, [11, 11, 8, 12, 0, .7f, .3f]);
        var sketch = new Sketch(new Drawing("output0", values, [7, 21], i => i >= 4 * 21));
        var teacher = sketch.ToTeacher();

        var found = Sketch.Detect(teacher, Size, 0, 1);

        Sketch.Same(found, [1, 1, .8, 6, 5, 14, 17], [1, 2, .3, 7, 5, 15, 17], [1, 0, .1, 6, 5, 14, 17]);
        var inspection = teacher.Inspect();
        Assert.Equal((DetectorOutputLayout.YoloV8, 3, false), (inspection.Layout, inspection.ClassCount, inspection.HasRawPredictions));
        Assert.Same(ImageNormalization.ZeroToOne, inspection.Normalization);
    }

    [Fact]
    public void RowsOfOtherAnchorsAreNotGuessed()
    {
        var sketch = new Sketch(new Drawing("output", new float[40 * 8], [40, 8]));

        Assert.Equal(
            "(from bytes): its outputs at 32×32, 'output' 1×40×8, are not laid out as any detector known here: Distillation is an export of this library, with its metadata; "
            + "Detr is 'logits' N×Q×(classes+1) and 'pred_boxes' N×Q×4; DetrSigmoid is 'logits' N×Q×classes and 'pred_boxes' N×Q×4; EndToEnd is one output N×K×6; or a count N×1, boxes N×K×4, scores N×K and classes N×K; "
            + "TorchVision is 'boxes' M×4, 'labels' M (integers) and 'scores' M, or the same with an axis for images; YoloV5Raw is for each level N×A×H×W×(5+classes) or N×A·(5+classes)×H×W; "
            + "YoloV5 is one output N×M×(5+classes); YoloV8 is one output N×(4+classes)×M. YoloV5 with the anchors stride 8: 10,13 16,30 33,23; stride 16: 30,61 62,45 59,119; stride 32: 116,90 156,198 373,326 has 63 rows. "
            + "If it is one of these, name it (OnnxDetectorTeacherOptions.Layout) and its outputs (OutputNames); else export the model in one of these forms.",
            Sketch.Refusal(sketch.ToTeacher()));
        // Named, its boxes can be read; raw predictions can't.
        var named = sketch.ToTeacher(new() { Layout = DetectorOutputLayout.YoloV5 });
        Assert.Empty(Sketch.Detect(named, Size, 1));
        Assert.False(named.Inspect().HasRawPredictions);
        Assert.StartsWith("(from bytes) gives what it found (YoloV5) and no raw predictions", Sketch.Refusal(named, DetectionParts.Heads), StringComparison.Ordinal);
        Assert.StartsWith(
            "(from bytes): output 'output' 1×40×8 has 40 boxes at 32×32; OnnxDetectorTeacherOptions.Anchors have 16 (stride 8: 4,4). Give those of the file.",
            Sketch.Refusal(sketch.ToTeacher(new() { Layout = DetectorOutputLayout.YoloV5, Anchors = [[4, 4]] })), StringComparison.Ordinal);
    }

    [Fact]
    public void ALayoutThatIsNamedMustFit() => Assert.Equal(
        "(from bytes): its outputs at 32×32, 'output' 1×63×8, are not laid out as Detr, which is 'logits' N×Q×(classes+1) and 'pred_boxes' N×Q×4. Set OnnxDetectorTeacherOptions.Layout to another one, or to Auto.",
        Sketch.Refusal(V5().ToTeacher(new() { Layout = DetectorOutputLayout.Detr })));

    [Fact]
    public void ClassNamesMustBeAsManyAsClasses() => Assert.Equal(
        "(from bytes) tells 3 classes apart (YoloV5), and 2 class names were given for it. Give one for each, without background or no-object, in the order of the outputs; or another Layout, if it has others.",
        Sketch.Refusal(V5().ToTeacher(new() { ClassNames = ["a", "b"] })));

    [Fact]
    public void WrongAnchorsAreNoticed()
    {
        using var scope = NewDisposeScope();
        using var wide = V5(width: 200).ToTeacher().Open(new(CPU, 1, DetectionParts.Heads));
        using var far = V5().ToTeacher().Open(new(CPU, 1, DetectionParts.Heads));

        Assert.Equal(
            "(from bytes) was not trained with the anchors stride 8: 10,13 16,30 33,23; stride 16: 30,61 62,45 59,119; stride 32: 116,90 156,198 373,326: "
            + "at stride 8 there is a box of 200×12 pixels, more than 4 times its anchor 10,13. Give its own in OnnxDetectorTeacherOptions.Anchors (and Strides): they are in the .yaml file the model was made from.",
            Assert.Throws<InvalidDataException>(() => wide.Forward(Sketch.Images(Size, 1))).Message);
        Assert.Contains(
            "the centre 24,22 is too far from cell 1,0 of stride 8", Assert.Throws<InvalidDataException>(() => far.Forward(Sketch.Images(Size, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RawPredictionsNeedTheSizeOfTheNetwork()
    {
        using var session = V5().ToTeacher().Open(new(CPU, 1, DetectionParts.Heads));

        Assert.Equal(
            "(from bytes) works at 32×32 and the student at 64×64, so that their raw predictions lie on different grids; train the student at 32×32, or export the teacher at 64×64.",
            Assert.Throws<InvalidDataException>(() => session.Describe(new(64, 64))).Message);
        var shape = session.Describe(Size)!;
        Assert.Equal((3, 0, true), (shape.Classes, shape.Features.Count, shape.HasHeads));
        Assert.Equal(AnchorSet.YoloV5.Sizes, session.Anchors!.Sizes);
        Assert.Equal([8, 16, 32], session.Anchors.Strides);
    }

    [Fact]
    public void RawLevelsMustBeOfTheAnchorsStrides()
    {
        Drawing Level(string name, int side) => new(name, new float[3 * side * side * Length], [3, side, side, Length]);

        Assert.StartsWith(
            "(from bytes): raw outputs 'b' 1×3×8×8×8, 'a' 1×3×4×4×8 have the strides 4, 8 at 32×32; the anchors are for stride 8: 10,13 16,30 33,23; stride 16:",
            Sketch.Refusal(new Sketch(Level("a", 4), Level("b", 8)).ToTeacher()), StringComparison.Ordinal);
    }

    private static Sketch V5(int? batch = null, bool channelsLast = false, float width = 8)
    {
        var values = new float[Rows * Length];
        new float[] { 10, 11, width, 12, .9f, 0, .8f, 4 / 9f }.CopyTo(values, 0);
        new float[] { 24, 22, 8, 4, .7f, .5f, 0, 0 }.CopyTo(values, Length);
        new float[] { 10, 11, 8, 11, .5f, 0, .5f, 0 }.CopyTo(values, 40 * Length);
        return new(new Drawing("output", values, [Rows, Length], i => i % Length >= 4)) { Batch = batch is { } n ? n : "N", ChannelsLast = channelsLast };
    }

    private static void Set(float[] planes, int places, int place, float[] numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
            planes[i * places + place] = numbers[i];
    }
}
