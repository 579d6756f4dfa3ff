using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using static Microsoft.ML.Distillation.Onnx.OnnxAttribute;
using static Microsoft.ML.Distillation.Tests.OnnxModules.OperatorCases;

namespace Microsoft.ML.Distillation.Tests.OnnxModules;

/// <summary>What picks numbers, or puts some in, each in the forms exporters write, against ONNX Runtime.</summary>
public class OnnxPicksTests
{
    private static readonly OperatorCases _cases = new()
    {
        ["Slice"] = (g, x) => g.Slice(x, [1, -3], [4, int.MaxValue], [1, 3], [2, 1]),
        ["Slice of the first axes"] = (g, x) => g.Slice(x, [0, 1], [100, -1]),
        ["Slice backwards"] = (g, x) => g.Slice(x, [-1, 2], [long.MinValue, 0], [3, 1], [-2, -1]),
        ["Gather"] = (g, x) => g.Gather(x, [3, -4, 3], 1),
        ["Gather of one"] = (g, x) => g.AddNode("Gather", [x, g.AddInitializer("one", new long[] { -2 })], null, Int("axis", 2)),
        ["Gather of several axes"] = (g, x) => g.AddNode("Gather", [x, g.AddInitializer("places", new long[] { 0, 3, -1, 2, 2, 1 }, 2, 3)], null, Int("axis", -1)),
        ["Gather of computed places"] = (g, x) => g.AddNode("Gather", [g.AddInitializer("table", Numbers.Gaussian(3 * Channels, 4), Channels, 3), g.AddNode("ArgMax", [x], null, Int("axis", 1))]),
        ["GatherElements"] = (g, x) => g.AddNode("GatherElements", [x, g.AddNode("ArgMax", [x], null, Int("axis", 1))], null, Int("axis", 1)),
        ["GatherElements from the end"] = (g, x) => g.AddNode("GatherElements", [g.AddNode("ReduceMean", [x], null, Ints("axes", [0])!), g.AddInitializer("places", new long[] { -1, 2, 0, -3 }, 1, 1, 1, 4)], null, Int("axis", 3)),
        ["GatherND"] = (g, x) => g.AddNode("GatherND", [g.Transpose(x, [1, 2, 3, 0]), g.AddInitializer("places", new long[] { 0, 1, 3, -2 }, 2, 2)]),
        ["GatherND of single numbers"] = (g, x) => g.AddNode("GatherND", [x, g.AddInitializer("places", new long[] { 0, 1, 3, 2, 0, -1, 0, 0 }, 1, 2, 4)]),
        ["ScatterElements"] = (g, x) => g.AddNode("ScatterElements", [g.Softmax(x, 1), g.AddNode("ArgMax", [x], null, Int("axis", 1)), g.AddNode("ReduceMax", [x], null, Ints("axes", [1])!)], null, Int("axis", 1)),
        ["ScatterND"] = (g, x) => g.AddNode("ScatterND", [g.Transpose(x, [1, 0, 2, 3]), g.AddInitializer("places", new long[] { 2, -4 }, 2, 1), g.AddNode("Exp", [g.Slice(g.Transpose(x, [1, 0, 2, 3]), [0], [2])])]),
        ["ScatterND of single numbers"] = (g, x) => g.AddNode(
            "ScatterND", [x, g.AddInitializer("places", new long[] { 0, 1, 3, 2, 0, -1, 0, 0 }, 2, 4), g.Slice(g.Reshape(x, [-1]), [7], [9])]),
        ["TopK"] = (g, x) => g.AddNode("TopK", [x, g.AddConstant("k", 3L)], 2)[0],
        ["TopK, the places of the smallest"] = (g, x) => g.Cast(g.AddNode("TopK", [x, g.AddConstant("k", 2L)], 2, null, Int("axis", 1), Int("largest", 0))[1], OnnxElementType.Float),
    };

    public static TheoryData<string> Names => _cases.Names;

    /// <summary>All but those that jump, where a rounded number may land on the other side.</summary>
    public static TheoryData<string> Steady => _cases.Without("Gather of computed places", "GatherElements", "ScatterElements", "TopK, the places of the smallest");

    /// <summary>All but those with an operator that libtorch 1.13 lacks for tensors without numbers.</summary>
    public static TheoryData<string> Numberless => _cases.Without("Gather of computed places", "GatherND of single numbers", "Gather", "Slice backwards", "Gather of several axes", "GatherND");

    [Theory]
    [MemberData(nameof(Names))]
    public void ItComputesWhatOnnxRuntimeComputes(string name) => _cases.Agree(name);

    [Theory]
    [MemberData(nameof(Numberless))]
    public void OnADeviceNothingIsReadBack(string name) => _cases.StaysOnItsDevice(name);

    [Theory]
    [MemberData(nameof(Steady))]
    public void InBFloat16ItIsNear(string name) => _cases.IsNearInBFloat16(name);

    [Theory]
    [InlineData("GatherElements")]
    [InlineData("GatherND")]
    [InlineData("ScatterND")]
    [InlineData("ScatterElements")]
    [InlineData("TopK")]
    public void ItsGradientIsItsSlope(string name) => _cases.HasItsSlopes(name);
}
