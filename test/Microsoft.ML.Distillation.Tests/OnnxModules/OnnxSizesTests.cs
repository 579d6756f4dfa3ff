using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using static Microsoft.ML.Distillation.Onnx.OnnxAttribute;
using static Microsoft.ML.Distillation.Tests.OnnxModules.OperatorCases;

namespace Microsoft.ML.Distillation.Tests.OnnxModules;

/// <summary>What follows from sizes, each in the forms exporters write, against ONNX Runtime.</summary>
public class OnnxSizesTests
{
    private static readonly OperatorCases _cases = new()
    {
        ["ConstantOfShape"] = (g, x) => g.Add(x, g.AddNode("ConstantOfShape", [g.AddConstant("shape", 1L, Width)], null, Tensor("value", OnnxTensors.Create("v", [2.5f], [1])))),
        ["A part of Shape"] = (g, x) => g.AddNode("Reshape", [x, g.Concat([g.AddNode("Shape", [x], null, Int("start", -4), Int("end", 1)), g.AddConstant("rest", -1L)], 0)]),
        ["Size"] = (g, x) => g.Mul(x, g.Cast(g.AddNode("Size", [x]), OnnxElementType.Float)),
        ["Range of a size"] = (g, x) => g.Add(x, g.Cast(g.AddNode("Range", [Scalar(g, 0), Side(g, x, 3), Scalar(g, 1)]), OnnxElementType.Float)),
        ["Range of floats"] = (g, x) => g.Add(x, g.AddNode("Range", [g.AddScalar("from", 2), g.AddScalar("to", -2), g.AddScalar("by", -.5f)])),
        ["ConstantOfShape of integers"] = (g, x) => g.AddNode("Reshape", [x, g.Concat(
            [g.AddNode("Shape", [x], null, Int("end", 1)), g.AddNode("ConstantOfShape", [g.AddConstant("shape", 1L)], null, Tensor("value", OnnxTensors.Create("v", (long[])[-1], [1])))], 0)]),
        ["ConstantOfShape of zeros"] = (g, x) => g.Concat([x, g.AddNode("ConstantOfShape", [g.AddNode("Shape", [x])])], 1),
        ["An Expand as PyTorch writes it"] = (g, x) =>
        {
            // What is -1 is as long as before: Where, Equal and ConstantOfShape over a constant shape.
            var wanted = g.AddConstant("wanted", 2L, -1, -1, 1, 1);
            var ones = g.AddNode("ConstantOfShape", [g.AddNode("Shape", [wanted])], null, Tensor("value", OnnxTensors.Create("v", (long[])[1], [1])));
            var shape = g.AddNode("Where", [g.AddNode("Equal", [wanted, g.Mul(ones, g.AddConstant("less", -1L))]), ones, wanted]);
            return g.AddNode("Expand", [x, shape]);
        },
        ["Sizes through floats"] = (g, x) =>
        {
            var half = g.AddNode("Floor", [g.Mul(g.Cast(g.AddNode("Shape", [x], null, Int("start", 2)), OnnxElementType.Float), g.AddConstant("half", .5f, 2))]);
            var sizes = g.Concat([g.AddNode("Shape", [x], null, Int("end", 2)), g.Cast(half, OnnxElementType.Int64)], 0);
            return g.AddNode("Resize", [x, null, null, sizes], null, String("mode", "linear"));
        },
        ["A grid of places"] = (g, x) =>
        {
            var columns = g.Cast(g.AddNode("Range", [Scalar(g, 0), Side(g, x, 3), Scalar(g, 1)]), OnnxElementType.Float);
            var rows = g.Cast(g.AddNode("Range", [Scalar(g, 0), Side(g, x, 2), Scalar(g, 1)]), OnnxElementType.Float);
            return g.Mul(x, g.Add(g.Reshape(rows, [-1, 1]), g.Mul(columns, g.AddScalar("c", .25f))));
        },
    };

    public static TheoryData<string> Names => _cases.Names;

    /// <summary>All but those with an operator that libtorch 1.13 lacks for tensors without numbers.</summary>
    public static TheoryData<string> Numberless => _cases.Without("Sizes through floats");

    [Theory]
    [MemberData(nameof(Names))]
    public void ItComputesWhatOnnxRuntimeComputes(string name) => _cases.Agree(name);

    [Theory]
    [MemberData(nameof(Numberless))]
    public void OnADeviceNothingIsReadBack(string name) => _cases.StaysOnItsDevice(name);

    [Theory]
    [MemberData(nameof(Names))]
    public void InBFloat16ItIsNear(string name) => _cases.IsNearInBFloat16(name);

    [Theory]
    [InlineData("Sizes through floats")]
    public void ItsGradientIsItsSlope(string name) => _cases.HasItsSlopes(name);

    private static string Scalar(OnnxGraphBuilder graph, long value) => graph.AddNode("Squeeze", [graph.AddConstant("value", value)]);

    private static string Side(OnnxGraphBuilder graph, string x, long axis) => graph.AddNode("Squeeze", [graph.Gather(graph.AddNode("Shape", [x]), [axis], 0)]);
}
