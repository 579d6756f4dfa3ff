using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Teachers;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public class OnnxClassifierShapeTests
{
    private static readonly OnnxTeacherOptions NoOptions = new();

    public static TheoryData<string, bool, int?, int?, int?> Inputs => new()
    {
        // input, channels last, batch, width, height
        { "N×3×12×20", false, null, 20, 12 },
        { "4×3×12×20", false, 4, 20, 12 },
        { "N×3×H×W", false, null, null, null },
        { "N×12×20×3", true, null, 20, 12 },
        { "1×H×W×3", true, 1, null, null },
        { "N×C×H×3", true, null, null, null },
        { "-1×3×12×20", false, null, 20, 12 },
    };

    [Theory]
    [MemberData(nameof(Inputs))]
    public void LayoutBatchAndSizeAreReadFromTheInput(string input, bool channelsLast, int? batch, int? width, int? height)
    {
        var shape = Find(input, "N×7");

        Assert.Equal(
            new OnnxClassifierShape("x", "y", channelsLast, batch, width is { } w ? new ImageSize(w, height!.Value) : null, 7, EndsInSoftmax: false), shape);
    }

    [Theory]
    [InlineData(ImageLayout.Nchw, false)]
    [InlineData(ImageLayout.Nhwc, true)]
    public void AnAmbiguousInputIsDecidedByTheOptions(ImageLayout layout, bool channelsLast)
    {
        foreach (var input in new[] { "N×3×3×3", "N×A×B×C" })
            Assert.Equal(channelsLast, Find(input, "N×7", new() { Layout = layout }).ChannelsLast);
    }

    public static TheoryData<string, string> ImpossibleInputs => new()
    {
        { "N×3×12×3", "model: input 'x' (Float N×3×12×3) does not tell which axis holds the channels; set OnnxTeacherOptions.Layout to Nchw or Nhwc." },
        { "N×A×12×C", "model: input 'x' (Float N×A×12×C) does not tell which axis holds the channels; set OnnxTeacherOptions.Layout to Nchw or Nhwc." },
        { "N×1×28×28", "model: input 'x' (Float N×1×28×28) has no axis of 3 channels; a network for RGB images is needed." },
        { "N×4×12×W", "model: input 'x' (Float N×4×12×W) has no axis of 3 channels; a network for RGB images is needed." },
        { "N×784", "model: input 'x' (Float N×784) is not a batch of images; a float tensor N×3×H×W or N×H×W×3 is needed." },
        { "N×3×8×16×16", "model: input 'x' (Float N×3×8×16×16) is not a batch of images; a float tensor N×3×H×W or N×H×W×3 is needed." },
        { "", "model: input 'x' (Float scalar) is not a batch of images; a float tensor N×3×H×W or N×H×W×3 is needed." },
        { "0×3×12×20", "model: input 'x' (Float 0×3×12×20) takes batches of 0 images; export the model with a batch of 1 or more, or of any size." },
        { "N×3×0×20", "model: input 'x' (Float N×3×0×20) fixes only one of width and height, or to an impossible size; set OnnxTeacherOptions.InputSize." },
        { "N×3×H×20", "model: input 'x' (Float N×3×H×20) fixes only one of width and height, or to an impossible size; set OnnxTeacherOptions.InputSize." },
    };

    [Theory]
    [MemberData(nameof(ImpossibleInputs))]
    public void ImpossibleInputsAreExplained(string input, string message) => AssertFault(message, () => Find(input, "N×7"));

    [Fact]
    public void OtherElementTypesAreRefused() => AssertFault(
        "model: input 'x' (UInt8 N×3×8×8) is not a batch of images; a float tensor N×3×H×W or N×H×W×3 is needed.",
        () => Find(Model(g => g.AddInput("x", OnnxElementType.UInt8, "N", 3, 8, 8), (g, x) => g.AddOutput("y", x, OnnxElementType.Float, "N", 7)), NoOptions));

    [Theory]
    [InlineData(ImageLayout.Nchw, 1)]
    [InlineData(ImageLayout.Nhwc, 3)]
    public void ALayoutThatTheInputContradictsIsRefused(ImageLayout layout, int axis) => AssertFault(
        $"model: input 'x' (Float N×5×5×5) has no 3 channels on axis {axis}, as layout {layout} says.", () => Find("N×5×5×5", "N×7", new() { Layout = layout }));

    [Fact]
    public void DynamicSizesTakeTheOptionsSize()
    {
        Assert.Equal(new ImageSize(20, 12), Find("N×3×H×W", "N×7", new() { InputSize = new(20, 12) }).InputSize);
        Assert.Equal(new ImageSize(20, 12), Find("N×3×H×20", "N×7", new() { InputSize = new(20, 12) }).InputSize);
        Assert.Equal(new ImageSize(20, 12), Find("N×3×12×20", "N×7", new() { InputSize = new(20, 12) }).InputSize);
        AssertFault(
            "model: input 'x' (Float N×3×12×20) takes 20×12 pixels; OnnxTeacherOptions.InputSize says 12×20.",
            () => Find("N×3×12×20", "N×7", new() { InputSize = new(12, 20) }));
        AssertFault(
            "model: OnnxTeacherOptions.InputSize is 0×12; both sides must be at least 1 pixel.",
            () => Find("N×3×H×W", "N×7", new() { InputSize = new(0, 12) }));
    }

    public static TheoryData<string, int?> Outputs => new()
    {
        { "N×7", 7 },
        { "N×C", null },
        { "-1×-1", null },
        { "N×7×1×1", 7 },
    };

    [Theory]
    [MemberData(nameof(Outputs))]
    public void ClassesAreCountedWhereTheOutputSaysSo(string output, int? classes) => Assert.Equal(classes, Find("N×3×8×8", output).ClassCount);

    [Fact]
    public void AmongSeveralOutputsTheOneThatLooksLikeScoresIsTaken()
    {
        var model = Model(g => g.AddInput("x", OnnxElementType.Float, "N", 3, 8, 8), (g, x) =>
        {
            g.AddOutput("features", x, OnnxElementType.Float, "N", 16, 4, 4);
            g.AddOutput("class", x, OnnxElementType.Int64, "N", 1);
            g.AddOutput("scores", x, OnnxElementType.Float, "N", 7);
        });

        Assert.Equal("scores", Find(model, NoOptions).Output);
        Assert.Equal("features", Find(model, new() { OutputName = "features" }).Output);
        AssertFault(
            "model has no output named 'logits'; it has 'features' (Float N×16×4×4), 'class' (Int64 N×1), 'scores' (Float N×7).",
            () => Find(model, new() { OutputName = "logits" }));
    }

    [Fact]
    public void LogitsComeBeforeOtherScores()
    {
        byte[] TwoOutputs(string first) => Model(g => g.AddInput("x", OnnxElementType.Float, "N", 3, 8, 8), (g, x) =>
        {
            g.AddOutput("probabilities", x, OnnxElementType.Float, "N", 7);
            g.AddOutput(first, x, OnnxElementType.Float, "N", 7);
        });

        Assert.Equal("logits", Find(TwoOutputs("logits"), NoOptions).Output);
        AssertFault(
            "model has more than one possible output: 'probabilities' (Float N×7), 'aux' (Float N×7). Name the right one: OnnxTeacherOptions.OutputName.",
            () => Find(TwoOutputs("aux"), NoOptions));
    }

    [Fact]
    public void WithoutScoresItIsNoClassifier() => AssertFault(
        "model has no output that a classifier of images would have; it has 'y' (Float N×16×4×4).", () => Find("N×3×8×8", "N×16×4×4"));

    [Fact]
    public void SeveralInputsNeedAName()
    {
        var model = Model(
            g =>
            {
                g.AddInput("mask", OnnxElementType.Float, "N", 1, 8, 8);
                return g.AddInput("x", OnnxElementType.Float, "N", 3, 8, 8);
            },
            (g, x) => g.AddOutput("y", x, OnnxElementType.Float, "N", 7));

        AssertFault(
            "model has more than one possible input: 'mask' (Float N×1×8×8), 'x' (Float N×3×8×8). Name the right one: OnnxTeacherOptions.InputName.", () => Find(model, NoOptions));
        Assert.Equal("x", Find(model, new() { InputName = "x" }).Input);
    }

    [Theory]
    [InlineData(true, "Softmax")]
    [InlineData(true, "Softmax", "Flatten")]
    [InlineData(true, "Softmax", "Cast", "Identity", "Reshape", "Squeeze")]
    [InlineData(false)]
    [InlineData(false, "Softmax", "Log")]
    [InlineData(false, "LogSoftmax")]
    [InlineData(false, "Softmax", "Gemm")]
    public void ASoftmaxAtTheEndIsSeen(bool expected, params string[] operators)
    {
        var model = Model(g => g.AddInput("x", OnnxElementType.Float, "N", 3, 8, 8), (g, x) =>
            g.AddOutput("y", operators.Aggregate(x, (value, op) => g.AddNode(op, [value])), OnnxElementType.Float, "N", 7));

        Assert.Equal(expected, Find(model, NoOptions).EndsInSoftmax);
    }

    [Fact]
    public void NodesInACircleAreRefused()
    {
        var model = ModelProto.Parser.ParseFrom(Model(g => g.AddInput("x", OnnxElementType.Float, "N", 3, 8, 8), (g, x) => g.AddOutput("y", x, OnnxElementType.Float, "N", 7)));
        model.Graph.Node.Clear();
        model.Graph.Node.Add(new NodeProto { OpType = "Identity", Input = { "z" }, Output = { "y" } });
        model.Graph.Node.Add(new NodeProto { OpType = "Cast", Input = { "y" }, Output = { "z" } });

        var error = Assert.Throws<InvalidDataException>(() => Find(Google.Protobuf.MessageExtensions.ToByteArray(model), NoOptions));
        Assert.Contains("computes tensors in a circle: 'y', 'z' can't be had without one another", error.Message, StringComparison.Ordinal);
    }

    private static OnnxClassifierShape Find(string input, string output, OnnxTeacherOptions? options = null) => Find(
        Model(g => g.AddInput("x", OnnxElementType.Float, Shape(input)), (g, x) => g.AddOutput("y", x, OnnxElementType.Float, Shape(output))), options ?? NoOptions);

    /// <summary>A shape as messages write it: sizes, and names of open axes.</summary>
    private static OnnxDimension[] Shape(string text) =>
        [.. text.Split('×', StringSplitOptions.RemoveEmptyEntries).Select(axis => long.TryParse(axis, out var size) ? (OnnxDimension)size : axis)];

    private static OnnxClassifierShape Find(byte[] model, OnnxTeacherOptions options) => OnnxClassifierShape.Find(OnnxModelFile.FromBytes(model, "model"), options);

    /// <summary>A graph that need not run: only what it declares matters.</summary>
    private static byte[] Model(Func<OnnxGraphBuilder, string> input, Action<OnnxGraphBuilder, string> outputs)
    {
        var graph = new OnnxGraphBuilder("declared");
        outputs(graph, input(graph));
        return graph.ToBytes();
    }

    private static void AssertFault(string message, Action action) => Assert.Equal(message, Assert.Throws<InvalidDataException>(action).Message);
}
