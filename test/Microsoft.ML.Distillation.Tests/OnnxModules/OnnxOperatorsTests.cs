using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using TorchSharp;
using static Microsoft.ML.Distillation.Onnx.OnnxAttribute;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.OnnxModules;

/// <summary>Every operator by itself, in the forms exporters write, against ONNX Runtime.</summary>
public class OnnxOperatorsTests
{
    private const int Channels = 4, Height = 9, Width = 8;

    private static readonly Dictionary<string, Func<OnnxGraphBuilder, string, string>> _cases = new()
    {
        ["Identity"] = (g, x) => g.AddNode("Identity", [x]),
        ["Dropout"] = (g, x) => g.AddNode("Dropout", [x]),
        ["Cast"] = (g, x) => g.Cast(g.Cast(x, OnnxElementType.Int64), OnnxElementType.Float),
        ["Relu"] = (g, x) => g.Relu(x),
        ["Sigmoid"] = (g, x) => g.Sigmoid(x),
        ["Tanh"] = (g, x) => g.AddNode("Tanh", [x]),
        ["Exp"] = (g, x) => g.AddNode("Exp", [x]),
        ["Log"] = (g, x) => g.AddNode("Log", [g.AddNode("Exp", [x])]),
        ["Sqrt"] = (g, x) => g.AddNode("Sqrt", [g.AddNode("Abs", [x])]),
        ["Erf"] = (g, x) => g.AddNode("Erf", [x]),
        ["Neg"] = (g, x) => g.AddNode("Neg", [x]),
        ["HardSwish"] = (g, x) => g.HardSwish(x),
        ["Softplus"] = (g, x) => g.AddNode("Softplus", [x]),
        ["HardSigmoid of PyTorch"] = (g, x) => g.HardSigmoid(x),
        ["HardSigmoid of ONNX"] = (g, x) => g.AddNode("HardSigmoid", [x]),
        ["LeakyRelu"] = (g, x) => g.AddNode("LeakyRelu", [x], null, Float("alpha", .2f)),
        ["Clip"] = (g, x) => g.Clip(x, 0, 1),
        ["Clip above"] = (g, x) => g.Clip(x, null, .5f),
        ["Clip below"] = (g, x) => g.Clip(x, -.5f, null),
        ["Softmax"] = (g, x) => g.Softmax(x, 1),
        ["LogSoftmax"] = (g, x) => g.AddNode("LogSoftmax", [x], null, Int("axis", -1)),
        ["Add of a row"] = (g, x) => g.Add(x, g.AddInitializer("c", Numbers.Gaussian(Width, 7), Width)),
        ["Sub"] = (g, x) => g.Sub(g.AddScalar("c", 2), x),
        ["Mul of channels"] = (g, x) => g.Mul(x, g.AddInitializer("c", Numbers.Gaussian(Channels, 7), 1, Channels, 1, 1)),
        ["Div"] = (g, x) => g.Div(x, g.AddScalar("c", 3)),
        ["Pow"] = (g, x) => g.AddNode("Pow", [x, g.AddScalar("c", 2)]),
        ["Sum"] = (g, x) => g.AddNode("Sum", [x, x, g.Relu(x)]),
        ["Max"] = (g, x) => g.AddNode("Max", [x, g.AddScalar("c", 0)]),
        ["Min"] = (g, x) => g.AddNode("Min", [x, g.AddScalar("c", .3f)]),
        ["MatMul"] = (g, x) => g.MatMul(x, g.AddInitializer("w", Numbers.Gaussian(Width * 3, 2), Width, 3)),
        ["Gemm turned"] = (g, x) => g.Gemm(Flat(g, x), g.AddInitializer("w", Numbers.Gaussian(2 * Channels * Height * Width, 2), 2, Channels * Height * Width), g.AddInitializer("b", [1f, -1f], 2), transB: true),
        ["Gemm scaled"] = (g, x) => g.Gemm(Flat(g, x), g.AddInitializer("w", Numbers.Gaussian(2 * Channels * Height * Width, 2), Channels * Height * Width, 2), g.AddInitializer("b", [1f, -1f], 2), alpha: .5f, beta: 2),
        ["Gemm without bias"] = (g, x) => g.Gemm(Flat(g, x), g.AddInitializer("w", Numbers.Gaussian(2 * Channels * Height * Width, 2), Channels * Height * Width, 2)),
        ["BatchNormalization"] = (g, x) => g.BatchNormalization(x, Vector(g, "s", 1), Vector(g, "b", 2), Vector(g, "m", 3), g.AddInitializer("v", [.1f, 1, 2, 4], Channels), .01f),
        ["Conv uneven"] = (g, x) => g.Conv(x, Kernel(g, 6, Channels, 3, 2), null, [2, 1], [1, 0, 0, 1]),
        ["Conv with bias, groups and dilation"] = (g, x) => g.Conv(x, Kernel(g, 6, 2, 3, 3), g.AddInitializer("b", Numbers.Gaussian(6, 3), 6), [1, 1], [2, 2, 2, 2], 2, [2, 2]),
        ["Conv to the same size"] = (g, x) => g.AddNode("Conv", [x, Kernel(g, 2, Channels, 4, 3)], null, String("auto_pad", "SAME_UPPER"), Ints("strides", [2, 2])!),
        ["Conv to the same size, lower"] = (g, x) => g.AddNode("Conv", [x, Kernel(g, 2, Channels, 4, 2)], null, String("auto_pad", "SAME_LOWER")),
        ["Conv without padding"] = (g, x) => g.AddNode("Conv", [x, Kernel(g, 2, Channels, 3, 3)], null, String("auto_pad", "VALID")),
        ["MaxPool"] = (g, x) => g.MaxPool(x, [3, 3], [2, 2], [1, 1, 1, 1]),
        ["MaxPool uneven, rounded up"] = (g, x) => g.MaxPool(x, [3, 2], [2, 2], [0, 0, 1, 1], ceilMode: true),
        ["AveragePool counting padding"] = (g, x) => g.AveragePool(x, [3, 3], [2, 2], [1, 1, 1, 1]),
        ["AveragePool not counting padding"] = (g, x) => g.AveragePool(x, [3, 3], [1, 1], [1, 1, 1, 1], countIncludePad: false),
        ["AveragePool padded beyond half its window"] = (g, x) => g.AveragePool(x, [3, 3], [2, 2], [2, 2, 2, 2]),
        ["AveragePool uneven"] = (g, x) => g.AveragePool(x, [2, 2], [2, 2], [0, 0, 1, 0]),
        ["GlobalAveragePool"] = (g, x) => g.GlobalAveragePool(x),
        ["GlobalMaxPool"] = (g, x) => g.AddNode("GlobalMaxPool", [x]),
        ["ReduceMean"] = (g, x) => g.AddNode("ReduceMean", [x], null, Ints("axes", [2, 3])!, Int("keepdims", 0)),
        ["ReduceSum"] = (g, x) => g.AddNode("ReduceSum", [x, g.AddConstant("axes", -1L)]),
        ["ReduceMax"] = (g, x) => g.AddNode("ReduceMax", [x], null, Ints("axes", [1])!),
        ["Flatten"] = (g, x) => g.Flatten(x, 2),
        ["Reshape"] = (g, x) => g.Reshape(x, [0, 2, -1, Width]),
        ["Reshape to a computed shape"] = (g, x) => g.AddNode(
            "Reshape", [x, g.Concat([g.AddNode("Unsqueeze", [g.AddNode("Gather", [g.AddNode("Shape", [x]), g.AddInitializer("zero", new long[] { 0 })]), g.AddConstant("axes", 0L)]), g.AddConstant("rest", -1L)], 0)]),
        ["Transpose"] = (g, x) => g.Transpose(x, [0, 2, 3, 1]),
        ["Concat"] = (g, x) => g.Concat([x, g.Relu(x)], -1),
        ["Slice"] = (g, x) => g.Slice(x, [1, -3], [4, int.MaxValue], [1, 3], [2, 1]),
        ["Slice of the first axes"] = (g, x) => g.Slice(x, [0, 1], [100, -1]),
        ["Slice backwards"] = (g, x) => g.Slice(x, [-1, 2], [long.MinValue, 0], [3, 1], [-2, -1]),
        ["ConstantOfShape"] = (g, x) => g.Add(x, g.AddNode("ConstantOfShape", [g.AddConstant("shape", 1L, Width)], null, OnnxAttribute.Tensor("value", OnnxTensors.Create("v", [2.5f], [1])))),
        ["Gather"] = (g, x) => g.Gather(x, [3, -4, 3], 1),
        ["Squeeze"] = (g, x) => g.AddNode("Squeeze", [g.GlobalAveragePool(x), g.AddConstant("axes", 2L, -1)]),
        ["Unsqueeze"] = (g, x) => g.AddNode("Unsqueeze", [x, g.AddConstant("axes", 1L, -1)]),
        ["Pad"] = (g, x) => g.Pad(x, [0, 1, 2, 0, 0, 0, 1, 3], 1.5f),
        ["Pad by reflection"] = (g, x) => g.Pad(x, [0, 0, 2, 1, 0, 0, 1, 3], mode: "reflect"),
        ["Pad by the edge"] = (g, x) => g.Pad(x, [0, 0, 2, 1, 0, 0, 1, 3], mode: "edge"),
        ["Resize"] = (g, x) => g.Double(x),
        ["Resize from middles"] = (g, x) => Enlarged(g, x, 3, "half_pixel", "round_prefer_ceil"),
        ["Resize from middles, PyTorch's"] = (g, x) => Enlarged(g, x, 4, "pytorch_half_pixel", "round_prefer_floor"),
        ["Resize from beginnings, rounded down"] = (g, x) => Enlarged(g, x, 4, "asymmetric", "floor"),
        ["Resize from beginnings, doubled"] = (g, x) => Enlarged(g, x, 2, "asymmetric", "round_prefer_floor"),
        ["A part of Shape"] = (g, x) => g.AddNode("Reshape", [x, g.Concat([g.AddNode("Shape", [x], null, Int("start", -4), Int("end", 1)), g.AddConstant("rest", -1L)], 0)]),
    };

    public static TheoryData<string> Names => [.. _cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ItComputesWhatOnnxRuntimeComputes(string name)
    {
        var graph = new OnnxGraphBuilder("one");
        var result = _cases[name](graph, graph.AddInput("x", OnnxElementType.Float, "N", Channels, Height, Width));
        graph.AddOutput(result, result, OnnxElementType.Float);
        var file = OnnxModelFile.FromBytes(graph.ToBytes(), "one");
        // Nothing is said of the result's shape: ONNX Runtime finds it.
        file.Model.Graph.Output[0].Type.TensorType.Shape = null;
        using var runner = new OnnxRunner(file.ToBytes(), "one", threads: 1);
        using var executed = new OnnxModule(file, "x", [result], trains: false);
        foreach (var batch in new[] { 1, 3 })
        {
            using var scope = NewDisposeScope();
            var values = Numbers.Gaussian(batch * Channels * Height * Width, batch);
            var input = tensor(values, [batch, Channels, Height, Width]);

            var actual = executed.call(input)[result];

            var expected = runner.Run(values, [batch, Channels, Height, Width])[0];
            Assert.Equal(expected.Shape, actual.shape);
            Numbers.Close(expected.Floats.Doubles(), Numbers.Of(actual), 1e-5);
            Assert.Equal(values, Numbers.Floats(input));
        }
    }

    [Theory]
    [InlineData(4, "asymmetric", "round_prefer_floor")]
    [InlineData(2, "asymmetric", "round_prefer_ceil")]
    [InlineData(2, "half_pixel", "floor")]
    [InlineData(2, "align_corners", "floor")]
    public void AResizeThatDoesNotRepeatEvenlyIsRefused(int factor, string coordinates, string rounding)
    {
        var graph = new OnnxGraphBuilder("one");
        graph.AddOutput("y", Enlarged(graph, graph.AddInput("x", OnnxElementType.Float, "N", Channels, Height, Width), factor, coordinates, rounding), OnnxElementType.Float);

        var error = Assert.Throws<NotSupportedException>(() => new OnnxModule(OnnxModelFile.FromBytes(graph.ToBytes(), "one"), "x", ["y"], trains: false));

        Assert.Contains("Resize with anything but whole factors", error.Message, StringComparison.Ordinal);
    }

    private static string Enlarged(OnnxGraphBuilder graph, string x, float factor, string coordinates, string rounding) => graph.AddNode(
        "Resize", [x, null, graph.AddConstant("scales", 1, 1, factor, factor)], null, String("mode", "nearest"), String("coordinate_transformation_mode", coordinates), String("nearest_mode", rounding));

    private static string Flat(OnnxGraphBuilder graph, string x) => graph.Flatten(x);

    private static string Vector(OnnxGraphBuilder graph, string name, int seed) => graph.AddInitializer(name, Numbers.Gaussian(Channels, seed), Channels);

    private static string Kernel(OnnxGraphBuilder graph, int outputs, int inputs, int height, int width) =>
        graph.AddInitializer("w", Numbers.Gaussian(outputs * inputs * height * width, 5), outputs, inputs, height, width);
}
