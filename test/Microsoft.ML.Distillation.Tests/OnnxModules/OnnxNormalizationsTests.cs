using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using static Microsoft.ML.Distillation.Onnx.OnnxAttribute;
using static Microsoft.ML.Distillation.Tests.OnnxModules.OperatorCases;

namespace Microsoft.ML.Distillation.Tests.OnnxModules;

/// <summary>Normalisations, each in the forms exporters write, against ONNX Runtime.</summary>
public class OnnxNormalizationsTests
{
    private static readonly OperatorCases _cases = new()
    {
        ["BatchNormalization"] = (g, x) => g.BatchNormalization(x, Vector(g, "s", 1), Vector(g, "b", 2), Vector(g, "m", 3), g.AddInitializer("v", [.1f, 1, 2, 4], Channels), .01f),
        ["LayerNormalization"] = (g, x) => g.AddNode("LayerNormalization", [x, g.AddInitializer("s", Numbers.Gaussian(Width, 1), Width), g.AddInitializer("b", Numbers.Gaussian(Width, 2), Width)], null, Float("epsilon", 1e-3f)),
        ["LayerNormalization without shift"] = (g, x) => g.AddNode("LayerNormalization", [x, g.AddInitializer("s", Numbers.Gaussian(Height * Width, 1), Height, Width)], null, Int("axis", 2)),
        ["LayerNormalization broadcast"] = (g, x) => g.AddNode("LayerNormalization", [x, g.AddInitializer("s", Numbers.Gaussian(Width, 1), Width)], null, Int("axis", 1)),
        ["InstanceNormalization"] = (g, x) => g.AddNode("InstanceNormalization", [x, Vector(g, "s", 1), Vector(g, "b", 2)], null, Float("epsilon", .01f)),
    };

    public static TheoryData<string> Names => _cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void ItComputesWhatOnnxRuntimeComputes(string name) => _cases.Agree(name);

    [Theory]
    [MemberData(nameof(Names))]
    public void InBFloat16ItIsNear(string name) => _cases.IsNearInBFloat16(name);

    [Theory]
    [InlineData("LayerNormalization")]
    [InlineData("LayerNormalization broadcast")]
    [InlineData("InstanceNormalization")]
    public void ItsGradientIsItsSlope(string name) => _cases.HasItsSlopes(name);

    private static string Vector(OnnxGraphBuilder graph, string name, int seed) => graph.AddInitializer(name, Numbers.Gaussian(Channels, seed), Channels);
}
