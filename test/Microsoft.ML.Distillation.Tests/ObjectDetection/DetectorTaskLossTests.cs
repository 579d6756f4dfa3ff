using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Students.Detection;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class DetectorTaskLossTests
{
    private static readonly ImageSize Size = new(96, 64);

    // What offsets of 0 stand for is the anchors themselves, in the order of the predictions.
    [Fact]
    public void RetinaNetsAnchorsAreWhereItsHeadMeasuresFrom()
    {
        using var scope = NewDisposeScope();
        using var module = ObjectDetector.RetinaNet(18, 8).CreateModule(Scenes.Classes, seed: 1);
        module.eval();
        var output = module.call(zeros(1, 3, Size.Height, Size.Width));
        var blank = output with { Levels = [.. output.Levels.Select(level => new DetectorLevel(zeros_like(level.Boxes), null, level.Classes))] };

        var (boxes, _) = module.Decode(blank);

        Numbers.Within(Numbers.Floats(boxes[0]).Doubles(), Numbers.Floats(DetectorTaskLoss.Corners(module.Anchors, Size)).Doubles(), 1e-3);
    }

    [Theory]
    [InlineData(true, "box objectness class")]
    [InlineData(false, "class box")]
    public void EachDetectorHasItsOwnTerms(bool yolo, string terms)
    {
        using var scope = NewDisposeScope();
        using var module = Student(yolo).CreateModule(Scenes.Classes, seed: 1);
        using var loss = new DetectorTaskLoss(module, Size, new(), new(), CPU);
        var student = DetectorShapes.Output(module.call(rand(2, 3, Size.Height, Size.Width)));

        var computed = loss.Compute(new DetectionLossInput(student, null, DetectionTargets.Create(tensor(new float[] { 1, 2, 10, 10, 40, 50 }, [1, 6]), 2, CPU)));

        Assert.Equal(terms, string.Join(" ", computed.Select(term => term.Name)));
        Assert.All(computed, term => Assert.True(float.IsFinite(term.Value.item<float>()) && term.Value.item<float>() > 0, term.Name));
    }

    [Fact]
    public void OptionsReachTheLosses()
    {
        using var scope = NewDisposeScope();
        using var yolo = Student(true).CreateModule(Scenes.Classes, seed: 1);
        using var retina = Student(false).CreateModule(Scenes.Classes, seed: 1);

        Assert.Equal(2 * Weight(yolo, new(), new(), "box"), Weight(yolo, new() { BoxGain = .1 }, new(), "box"), 1e-9);
        Assert.Equal(3, Weight(retina, new(), new() { BoxWeight = 3 }, "box"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ShapesAreThoseOfTheOutput(bool yolo)
    {
        using var scope = NewDisposeScope();
        using var module = Student(yolo).CreateModule(Scenes.Classes, seed: 1);

        var (shape, output) = (DetectorShapes.Of(module, Size), DetectorShapes.Output(module.call(rand(2, 3, Size.Height, Size.Width))));

        Assert.Equal(shape.Features.Select(f => (2L, (long)f.Channels, (long)f.Height, (long)f.Width)), output.Features.Select(f => (f.shape[0], f.shape[1], f.shape[2], f.shape[3])));
        Assert.Equal((3, yolo), (shape.Classes, shape.Anchors is not null));
        Assert.Equal(yolo ? 8 : 3, output.Heads[0].shape[^1]);
        Assert.Equal(yolo ? 0 : 5, output.Boxes.Count);
        Assert.Equal(output.Features.Count, output.Heads.Count);
    }

    private static ObjectDetector Student(bool yolo) => yolo ? ObjectDetector.YoloV5n : ObjectDetector.RetinaNet(18, 8);

    private static double Weight(DetectorModule module, YoloLossOptions yolo, RetinaNetLossOptions retina, string term)
    {
        using var loss = new DetectorTaskLoss(module, Size, yolo, retina, CPU);
        var student = DetectorShapes.Output(module.call(rand(2, 3, Size.Height, Size.Width)));
        return loss.Compute(new DetectionLossInput(student, null, DetectionTargets.Create(tensor(new float[] { 1, 2, 10, 10, 40, 50 }, [1, 6]), 2, CPU))).Single(t => t.Name == term).Weight;
    }
}
