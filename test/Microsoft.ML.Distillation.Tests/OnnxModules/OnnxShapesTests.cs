using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using static Microsoft.ML.Distillation.Onnx.OnnxAttribute;
using static Microsoft.ML.Distillation.Tests.OnnxModules.OperatorCases;

namespace Microsoft.ML.Distillation.Tests.OnnxModules;

/// <summary>What arranges numbers otherwise, each in the forms exporters write, against ONNX Runtime.</summary>
public class OnnxShapesTests
{
    private static readonly OperatorCases _cases = new()
    {
        ["Flatten"] = (g, x) => g.Flatten(x, 2),
        ["Reshape"] = (g, x) => g.Reshape(x, [0, 2, -1, Width]),
        ["Reshape to a computed shape"] = (g, x) => g.AddNode(
            "Reshape", [x, g.Concat([g.AddNode("Unsqueeze", [g.AddNode("Gather", [g.AddNode("Shape", [x]), g.AddInitializer("zero", new long[] { 0 })]), g.AddConstant("axes", 0L)]), g.AddConstant("rest", -1L)], 0)]),
        ["Transpose"] = (g, x) => g.Transpose(x, [0, 2, 3, 1]),
        ["Concat"] = (g, x) => g.Concat([x, g.Relu(x)], -1),
        ["Squeeze"] = (g, x) => g.AddNode("Squeeze", [g.GlobalAveragePool(x), g.AddConstant("axes", 2L, -1)]),
        ["Unsqueeze"] = (g, x) => g.AddNode("Unsqueeze", [x, g.AddConstant("axes", 1L, -1)]),
        ["Split by an attribute", 11] = (g, x) => Joined(g, g.AddNode("Split", [x], 3, null, Int("axis", 2), Ints("split", [2, 3, 4])), 2),
        ["Split into as many, of old", 11] = (g, x) => Joined(g, g.AddNode("Split", [x], 2, null, Int("axis", -1)), 3),
        ["Split by an input", 13] = (g, x) => Joined(g, g.AddNode("Split", [x, g.AddConstant("split", 2L, 3, 4)], 3, null, Int("axis", 2)), 2),
        ["Split into as many"] = (g, x) => Joined(g, g.AddNode("Split", [x], 4, null, Int("axis", 1)), 1),
        ["Split into a number of parts", 18] = (g, x) => Joined(g, g.AddNode("Split", [x], 3, null, Int("axis", 3), Int("num_outputs", 3)), 3),
        ["Split of which one is used"] = (g, x) => g.Relu(g.AddNode("Split", [x, g.AddConstant("split", 1L, 3)], 2, null, Int("axis", 1))[1]),
        ["Split by a computed input"] = (g, x) =>
        {
            var height = g.AddNode("Shape", [x], null, Int("start", 2), Int("end", 3));
            var half = g.Div(height, g.AddConstant("two", 2L));
            return Joined(g, g.AddNode("Split", [x, g.Concat([half, g.Sub(height, half)], 0)], 2, null, Int("axis", -2)), 2);
        },
        ["Expand"] = (g, x) => g.AddNode("Expand", [g.GlobalAveragePool(x), g.AddConstant("shape", 2L, 1, 1, 3, 5)]),
        ["Expand to fewer axes"] = (g, x) => g.AddNode("Expand", [g.AddNode("ReduceMean", [x], null, Ints("axes", [3])!), g.AddConstant("shape", 1L, 6)]),
        ["Expand of a token"] = (g, x) => g.AddNode("Expand", [g.AddInitializer("token", Numbers.Gaussian(3, 4), 1, 3), g.Concat([g.AddNode("Shape", [x], null, Int("end", 1)), g.AddConstant("rest", 1L)], 0)]),
        ["Tile"] = (g, x) => g.AddNode("Tile", [x, g.AddConstant("repeats", 1L, 2, 1, 3)]),
        ["DepthToSpace"] = (g, x) => g.AddNode("DepthToSpace", [x], null, Int("blocksize", 2)),
        ["DepthToSpace, columns first"] = (g, x) => g.AddNode("DepthToSpace", [x], null, Int("blocksize", 2), String("mode", "CRD")),
        ["SpaceToDepth"] = (g, x) => g.AddNode("SpaceToDepth", [g.Slice(x, [1], [9], [2])], null, Int("blocksize", 2)),
        ["Trilu"] = (g, x) => g.AddNode("Trilu", [x]),
        ["Trilu below"] = (g, x) => g.AddNode("Trilu", [x, g.AddInitializer("k", new long[] { -1 })], null, Int("upper", 0)),
        ["Squeeze and Unsqueeze, of old", 11] = (g, x) => g.AddNode("Unsqueeze", [g.AddNode("Squeeze", [g.GlobalAveragePool(x)], null, Ints("axes", [3]))], null, Ints("axes", [0, -1])),
    };

    public static TheoryData<string> Names => _cases.Names;

    /// <summary>All but those with an operator that libtorch 1.13 lacks for tensors without numbers.</summary>
    public static TheoryData<string> Numberless => _cases.Without("Concat", "Split of which one is used");

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
    [InlineData("Split by an input")]
    [InlineData("Split of which one is used")]
    [InlineData("Expand")]
    [InlineData("DepthToSpace")]
    [InlineData("SpaceToDepth")]
    public void ItsGradientIsItsSlope(string name) => _cases.HasItsSlopes(name);

    /// <summary>All parts, in another order; the first one squared.</summary>
    private static string Joined(OnnxGraphBuilder graph, string[] parts, long axis) => graph.Concat([.. parts.Skip(1), graph.Mul(parts[0], parts[0])], axis);
}
