using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using static Microsoft.ML.Distillation.Onnx.OnnxAttribute;
using static Microsoft.ML.Distillation.Tests.OnnxModules.OperatorCases;

namespace Microsoft.ML.Distillation.Tests.OnnxModules;

/// <summary>Products of matrices, each in the forms exporters write, against ONNX Runtime.</summary>
public class OnnxProductsTests
{
    private static readonly OperatorCases _cases = new()
    {
        ["MatMul"] = (g, x) => g.MatMul(x, g.AddInitializer("w", Numbers.Gaussian(Width * 3, 2), Width, 3)),
        ["Gemm turned"] = (g, x) => g.Gemm(Flat(g, x), g.AddInitializer("w", Numbers.Gaussian(2 * Channels * Height * Width, 2), 2, Channels * Height * Width), g.AddInitializer("b", [1f, -1f], 2), transB: true),
        ["Gemm scaled"] = (g, x) => g.Gemm(Flat(g, x), g.AddInitializer("w", Numbers.Gaussian(2 * Channels * Height * Width, 2), Channels * Height * Width, 2), g.AddInitializer("b", [1f, -1f], 2), alpha: .5f, beta: 2),
        ["Gemm without bias"] = (g, x) => g.Gemm(Flat(g, x), g.AddInitializer("w", Numbers.Gaussian(2 * Channels * Height * Width, 2), Channels * Height * Width, 2)),
        ["Einsum"] = (g, x) => g.AddNode("Einsum", [x, g.AddInitializer("w", Numbers.Gaussian(Width * 3, 2), Width, 3)], null, String("equation", "nchw,wk->nkch")),
        ["Einsum of itself"] = (g, x) => g.AddNode("Einsum", [x, x], null, String("equation", "bihw, bjhw -> bij")),
    };

    public static TheoryData<string> Names => _cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void ItComputesWhatOnnxRuntimeComputes(string name) => _cases.Agree(name);

    [Theory]
    [MemberData(nameof(Names))]
    public void OnADeviceNothingIsReadBack(string name) => _cases.StaysOnItsDevice(name);

    [Theory]
    [MemberData(nameof(Names))]
    public void InBFloat16ItIsNear(string name) => _cases.IsNearInBFloat16(name);

    private static string Flat(OnnxGraphBuilder graph, string x) => graph.Flatten(x);
}
