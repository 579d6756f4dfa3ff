using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using static Microsoft.ML.Distillation.Onnx.OnnxAttribute;
using static Microsoft.ML.Distillation.Tests.OnnxModules.OperatorCases;

namespace Microsoft.ML.Distillation.Tests.OnnxModules;

/// <summary>Windows over maps, each in the forms exporters write, against ONNX Runtime.</summary>
public class OnnxWindowsTests
{
    private static readonly OperatorCases _cases = new()
    {
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
        ["ConvTranspose"] = (g, x) => Enlarged(g, x, 6, 1, [4, 4], Ints("strides", [2, 2]), Ints("pads", [1, 1, 1, 1])),
        ["ConvTranspose of groups"] = (g, x) => Enlarged(g, x, 3, 2, [2, 3], Ints("strides", [2, 1])),
        ["ConvTranspose with output padding"] = (g, x) => Enlarged(g, x, 6, 1, [3, 3], Ints("strides", [2, 3]), Ints("pads", [1, 1, 1, 1]), Ints("output_padding", [1, 2])),
        ["ConvTranspose with dilation"] = (g, x) => Enlarged(g, x, 6, 1, [3, 2], Ints("dilations", [2, 3]), Ints("pads", [1, 1, 1, 1])),
        ["ConvTranspose uneven"] = (g, x) => Enlarged(g, x, 6, 1, [3, 4], Ints("strides", [2, 2]), Ints("pads", [0, 1, 2, 0]), Ints("output_padding", [1, 0])),
        ["ConvTranspose to the strides"] = (g, x) => Enlarged(g, x, 6, 1, [3, 3], Ints("strides", [2, 2]), String("auto_pad", "SAME_UPPER")),
        ["ConvTranspose to the strides, lower"] = (g, x) => Enlarged(g, x, 6, 1, [3, 3], Ints("strides", [2, 2]), String("auto_pad", "SAME_LOWER")),
        ["ConvTranspose without padding"] = (g, x) => Enlarged(g, x, 6, 1, [3, 3], Ints("strides", [2, 2]), String("auto_pad", "VALID")),
        ["ConvTranspose to a size"] = (g, x) => Enlarged(g, x, 6, 1, [3, 3], Ints("strides", [2, 2]), Ints("output_shape", [18, 16])),
        ["ConvTranspose with bias"] = (g, x) => g.AddNode(
            "ConvTranspose", [x, g.AddInitializer("w", Numbers.Gaussian(Channels * 2 * 4, 5), Channels, 2, 2, 2), g.AddInitializer("b", [1f, -2f], 2)], null, Ints("strides", [2, 2])),
    };

    public static TheoryData<string> Names => _cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void ItComputesWhatOnnxRuntimeComputes(string name) => _cases.Agree(name);

    [Theory]
    [MemberData(nameof(Names))]
    public void InBFloat16ItIsNear(string name) => _cases.IsNearInBFloat16(name);

    [Theory]
    [InlineData("ConvTranspose uneven")]
    [InlineData("ConvTranspose to the strides")]
    [InlineData("ConvTranspose to a size")]
    public void ItsGradientIsItsSlope(string name) => _cases.HasItsSlopes(name);

    private static string Kernel(OnnxGraphBuilder graph, int outputs, int inputs, int height, int width) =>
        graph.AddInitializer("w", Numbers.Gaussian(outputs * inputs * height * width, 5), outputs, inputs, height, width);

    private static string Enlarged(OnnxGraphBuilder graph, string x, int outputs, int groups, long[] kernel, params AttributeProto?[] attributes) => graph.AddNode(
        "ConvTranspose", [x, graph.AddInitializer("w", Numbers.Gaussian(Channels * outputs * (int)(kernel[0] * kernel[1]), 5), Channels, outputs, kernel[0], kernel[1])], null, [Int("group", groups), .. attributes]);
}
