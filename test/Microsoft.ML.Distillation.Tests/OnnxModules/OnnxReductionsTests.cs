using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using static Microsoft.ML.Distillation.Onnx.OnnxAttribute;
using static Microsoft.ML.Distillation.Tests.OnnxModules.OperatorCases;

namespace Microsoft.ML.Distillation.Tests.OnnxModules;

/// <summary>Reductions, each in the forms exporters write, against ONNX Runtime.</summary>
public class OnnxReductionsTests
{
    private static readonly OperatorCases _cases = new()
    {
        ["GlobalAveragePool"] = (g, x) => g.GlobalAveragePool(x),
        ["GlobalMaxPool"] = (g, x) => g.AddNode("GlobalMaxPool", [x]),
        ["ReduceMean"] = (g, x) => g.AddNode("ReduceMean", [x], null, Ints("axes", [2, 3])!, Int("keepdims", 0)),
        ["ReduceSum"] = (g, x) => g.AddNode("ReduceSum", [x, g.AddConstant("axes", -1L)]),
        ["ReduceMax"] = (g, x) => g.AddNode("ReduceMax", [x], null, Ints("axes", [1])!),
        ["ReduceMean of all"] = (g, x) => g.AddNode("ReduceMean", [x]),
        ["ReduceMean by an input", 18] = (g, x) => g.AddNode("ReduceMean", [x, g.AddConstant("axes", -1L, 1)], null, Int("keepdims", 0)),
        ["ReduceMax of nothing", 18] = (g, x) => g.AddNode("ReduceMax", [x], null, Int("noop_with_empty_axes", 1)),
        ["ReduceMin"] = (g, x) => g.AddNode("ReduceMin", [x], null, Ints("axes", [-1])!),
        ["ReduceProd"] = (g, x) => g.AddNode("ReduceProd", [x], null, Ints("axes", [1, -1])!, Int("keepdims", 0)),
        ["ReduceL1"] = (g, x) => g.AddNode("ReduceL1", [x], null, Ints("axes", [1])!),
        ["ReduceL2"] = (g, x) => g.AddNode("ReduceL2", [x], null, Ints("axes", [1])!),
        ["ReduceL2 of two axes"] = (g, x) => g.AddNode("ReduceL2", [x], null, Ints("axes", [1, 3])!, Int("keepdims", 0)),
        ["ArgMax"] = (g, x) => g.Cast(g.AddNode("ArgMax", [x], null, Int("axis", 1)), OnnxElementType.Float),
        ["ArgMin"] = (g, x) => g.Cast(g.AddNode("ArgMin", [x], null, Int("axis", -1), Int("keepdims", 0)), OnnxElementType.Float),
        ["CumSum"] = (g, x) => Cumulated(g, x, 1),
        ["CumSum of what came before"] = (g, x) => Cumulated(g, x, -1, Int("exclusive", 1)),
        ["CumSum from the end"] = (g, x) => Cumulated(g, x, 2, Int("reverse", 1)),
        ["CumSum of what comes after"] = (g, x) => Cumulated(g, x, 2, Int("reverse", 1), Int("exclusive", 1)),
    };

    public static TheoryData<string> Names => _cases.Names;

    /// <summary>All but those that jump, where a rounded number may land on the other side.</summary>
    public static TheoryData<string> Steady => _cases.Without("ArgMax", "ArgMin", "ReduceProd");

    /// <summary>All but those with an operator that libtorch 1.13 lacks for tensors without numbers.</summary>
    public static TheoryData<string> Numberless => _cases.Without("CumSum from the end", "CumSum of what comes after", "ReduceL1");

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
    [InlineData("ReduceL2 of two axes")]
    [InlineData("ReduceProd")]
    [InlineData("CumSum of what comes after")]
    public void ItsGradientIsItsSlope(string name) => _cases.HasItsSlopes(name);

    private static string Cumulated(OnnxGraphBuilder graph, string x, long axis, params AttributeProto?[] attributes) => graph.AddNode("CumSum", [x, graph.AddInitializer("axis", new[] { axis })], null, attributes);
}
