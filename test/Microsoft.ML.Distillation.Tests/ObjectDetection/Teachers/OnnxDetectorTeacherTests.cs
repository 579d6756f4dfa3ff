using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers.Layouts;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers;

public class OnnxDetectorTeacherTests
{
    private static readonly Drawing Rows = new("output0", [1, 2, 11, 12, .9f, 0], [1, 6], i => i == 4);

    [Fact]
    public void ATeacherTellsWhatItIs()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["teacher.onnx"], new Sketch(Rows) { Metadata = { ["names"] = "{0: 'ant', 1: 'bee'}" } }.ToBytes());

        var teacher = OnnxDetectorTeacher.FromFile(folder["teacher.onnx"]);
        using var session = teacher.Open(new(CPU, 1, DetectionParts.None));

        Assert.Equal($"ONNX detector '{folder["teacher.onnx"]}'", teacher.Name);
        Assert.Equal(["ant", "bee"], teacher.ClassNames);
        Assert.Equal(["ant", "bee"], session.ClassNames);
        Assert.Equal((2, new ImageSize(32, 32), (long?)2 * 6), (session.ClassCount, session.InputSize, session.ParameterCount));
        Assert.True(session.ModelBytes > 0);
        Assert.Null(session.Describe(new(32, 32)));
        Assert.Null(session.Anchors);
        Assert.Throws<FileNotFoundException>(() => OnnxDetectorTeacher.FromFile(folder["none.onnx"]));
    }

    [Fact]
    public void OptionsAreCheckedTogether()
    {
        var faults = new Faults("Options");
        new Sketch(Rows).ToTeacher(new()
        {
            OutputNames = [], ClassNames = ["a", "a"], FirstLabel = -1, FeatureNames = ["x", ""], ScoreThreshold = 2, IouThreshold = double.NaN, MaximumDetections = 0,
            Anchors = [[1, 2], [3]], Strides = [8],
        }).Validate(faults);

        var message = Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("o")).Message;

        string[] expected =
        [
            "Options: 9 faults.", "OutputNames is empty; name outputs, or leave it null for all.", "FeatureNames holds an empty name; leave it out.", "has class names that are not distinct.",
            "FirstLabel is -1; it must be 0 or more.", "ScoreThreshold is 2; it must be in 0…1.", "IouThreshold is NaN; it must be in 0…1.", "MaximumDetections is 0; it must be at least 1.",
            "Anchors has 2, 1 numbers in its levels; give every level as many, width and height of each anchor.", "there are 1 Strides for 2 levels of Anchors; give one for each.",
        ];
        Assert.All(expected, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ChannelOrder.Rgb, .2f)]
    [InlineData(ChannelOrder.Bgr, .6f)]
    public void ChannelsComeInTheirOrder(ChannelOrder order, float expected)
    {
        using var scope = NewDisposeScope();
        // The first channel alone is the brightness.
        var sketch = new Sketch(new Drawing("output0", [1, 2, 11, 12, 1, 0], [1, 6], i => i == 4)) { Head = (g, x) => g.Slice(x, [0], [1], [1]) };
        using var session = sketch.ToTeacher(new() { ClassNames = ["a"], Channels = order }).Open(new(CPU, 1, DetectionParts.None));
        var pixels = (tensor(new[] { .2f, .4f, .6f }).reshape(1, 3, 1, 1) * 255).expand(1, 3, 32, 32).contiguous();

        Assert.Equal(expected, Numbers.Floats(session.Detect(pixels, []).Scores).Single(), 1e-5);
    }

    [Fact]
    public void ADetectorOfAnySizeIsGivenPixelsAsTheyAre()
    {
        var teacher = new Sketch(Rows) { AnySize = true }.ToTeacher(new() { ClassNames = ["a"] });
        var sized = new Sketch(Rows) { AnySize = true }.ToTeacher(new() { ClassNames = ["a"], InputSize = new(16, 16) });

        Sketch.Same(Sketch.Detect(teacher, new(24, 40), 1), [0, 0, .9, 1, 2, 11, 12]);
        Sketch.Same(Sketch.Detect(sized, new(32, 32), 1), [0, 0, .9, 2, 4, 22, 24]);
        Assert.Equal(new ImageSize(320, 320), teacher.Inspect().ImageSize);
        Assert.Equal(new ImageSize(16, 16), sized.Inspect(new ImageSize(64, 64)).ImageSize);
    }

    [Fact]
    public void InputsThatAreNoImageAreRefused()
    {
        Assert.Equal(
            "(from bytes): input 'image' (Float N×3×32×32) takes 32×32 pixels; OnnxDetectorTeacherOptions.InputSize says 64×64.",
            Sketch.Refusal(new Sketch(Rows).ToTeacher(new() { InputSize = new(64, 64) })));
        Assert.Equal(
            "(from bytes): input 'image' (Float N×3×32×32) has no 3 channels where InputLayout Nhwc looks for them; a network for RGB images is needed.",
            Sketch.Refusal(new Sketch(Rows).ToTeacher(new() { InputLayout = ImageLayout.Nhwc })));
        Assert.Equal(
            "(from bytes) has no output named 'boxes'; it has 'output0' (Float N×1×6).", Sketch.Refusal(new Sketch(Rows).ToTeacher(new() { OutputNames = ["boxes"] })));
        var graph = new OnnxGraphBuilder("two");
        var sum = graph.Add(graph.AddInput("a", OnnxElementType.Float, 1, 3, 8, 8), graph.AddInput("b", OnnxElementType.Float, 1, 3, 8, 8));
        graph.AddOutput("o", sum, OnnxElementType.Float, 1, 3, 8, 8);
        Assert.Equal(
            "(from bytes) has 2 inputs ('a' (Float 1×3×8×8), 'b' (Float 1×3×8×8)); a detector's image must be the only one: export the model without masks and sizes among its inputs.",
            Sketch.Refusal(OnnxDetectorTeacher.FromBytes(graph.ToBytes())));
    }

    [Fact]
    public void OutputsCanBeNamed()
    {
        var sketch = new Sketch(Rows, new Drawing("masks", new float[32 * 4], [32, 2, 2]));

        Assert.StartsWith("(from bytes): its outputs at 32×32, 'output0' 1×1×6, 'masks' 1×32×2×2, are not laid out", Sketch.Refusal(sketch.ToTeacher()), StringComparison.Ordinal);
        Assert.Single(Sketch.Detect(sketch.ToTeacher(new() { OutputNames = ["output0"], ClassNames = ["a"] }), new(32, 32), 1));
    }
}
