using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.OnnxModules;
using static Microsoft.ML.Distillation.Onnx.OnnxAttribute;
using static Microsoft.ML.Distillation.Tests.OnnxModules.OperatorCases;

namespace Microsoft.ML.Distillation.Tests.OnnxModules;

/// <summary>Padding, resizing and sampling, each in the forms exporters write, against ONNX Runtime.</summary>
public class OnnxResizingTests
{
    private static readonly OperatorCases _cases = new()
    {
        ["Pad"] = (g, x) => g.Pad(x, [0, 1, 2, 0, 0, 0, 1, 3], 1.5f),
        ["Pad by reflection"] = (g, x) => g.Pad(x, [0, 0, 2, 1, 0, 0, 1, 3], mode: "reflect"),
        ["Pad by the edge"] = (g, x) => g.Pad(x, [0, 0, 2, 1, 0, 0, 1, 3], mode: "edge"),
        ["Resize"] = (g, x) => g.Double(x),
        ["Resize from middles"] = (g, x) => Enlarged(g, x, 3, "half_pixel", "round_prefer_ceil"),
        ["Resize from middles, PyTorch's"] = (g, x) => Enlarged(g, x, 4, "pytorch_half_pixel", "round_prefer_floor"),
        ["Resize from beginnings, rounded down"] = (g, x) => Enlarged(g, x, 4, "asymmetric", "floor"),
        ["Resize from beginnings, doubled"] = (g, x) => Enlarged(g, x, 2, "asymmetric", "round_prefer_floor"),
        ["Resize to sizes"] = (g, x) => Resized(g, x, [13, 5], "nearest"),
        ["Resize to sizes, rounded down"] = (g, x) => Resized(g, x, [13, 5], "nearest", "asymmetric", "floor"),
        ["Resize to sizes, rounded up"] = (g, x) => Resized(g, x, [4, 20], "nearest", "half_pixel", "ceil"),
        ["Resize to sizes, corners kept"] = (g, x) => Resized(g, x, [13, 5], "nearest", "align_corners", "round_prefer_ceil"),
        ["Resize by a broken factor"] = (g, x) => g.AddNode("Resize", [x, null, g.AddConstant("scales", 1, 1, 1.5f, .7f)], null, String("mode", "nearest")),
        ["Resize of places that do not repeat evenly"] = (g, x) => Enlarged(g, x, 4, "asymmetric", "round_prefer_floor"),
        ["Resize of places at the corners"] = (g, x) => Enlarged(g, x, 2, "align_corners", "floor"),
        ["Resize linearly"] = (g, x) => Resized(g, x, [13, 5], "linear"),
        ["Resize linearly by factors"] = (g, x) => g.AddNode("Resize", [x, null, g.AddConstant("scales", 1, 1, 2, 1.6f)], null, String("mode", "linear")),
        ["Resize linearly, corners kept"] = (g, x) => Resized(g, x, [13, 5], "linear", "align_corners"),
        ["Resize linearly from beginnings"] = (g, x) => Resized(g, x, [18, 16], "linear", "asymmetric"),
        ["Resize linearly, PyTorch's, to one"] = (g, x) => Resized(g, x, [1, 16], "linear", "pytorch_half_pixel"),
        ["Resize linearly, version 11", 11] = (g, x) => Resized(g, x, [13, 5], "linear", "pytorch_half_pixel"),
        ["Resize of named axes", 18] = (g, x) => g.AddNode("Resize", [x, null, null, g.AddConstant("sizes", 4L, 18)], null, String("mode", "linear"), Ints("axes", [3, 2])),
        ["Resize, version 10", 10] = (g, x) => g.AddNode("Resize", [x, g.AddConstant("scales", 1, 1, 2, 1.5f)], null, String("mode", "nearest")),
        ["Resize cubically"] = (g, x) => Resized(g, x, [13, 17], "cubic"),
        ["Resize cubically, smaller and sharper"] = (g, x) => g.AddNode("Resize", [x, null, g.AddConstant("scales", 1, 1, .6f, .75f)], null, String("mode", "cubic"), Float("cubic_coeff_a", -.5f), String("coordinate_transformation_mode", "align_corners")),
        ["Pad of named axes", 18] = (g, x) => g.AddNode("Pad", [x, g.AddConstant("pads", 1L, 2, 0, 3), g.AddScalar("v", 2), g.AddConstant("axes", 3L, 1)]),
        ["Pad of integers"] = (g, x) => g.Cast(g.AddNode("Pad", [g.Cast(x, OnnxElementType.Int64), g.AddConstant("pads", 0L, 0, 1, 0, 0, 0, 0, 2), g.AddInitializer("v", new long[] { 7 })]), OnnxElementType.Float),
        ["Pad to less"] = (g, x) => g.Pad(x, [0, 0, -1, 0, 0, 0, -2, 1]),
        ["GridSample"] = (g, x) => Sampled(g, x, "bilinear", "zeros", 0),
        ["GridSample, corners kept, reflected"] = (g, x) => Sampled(g, x, "bilinear", "reflection", 1),
        ["GridSample of the nearest, at the edge"] = (g, x) => Sampled(g, x, "nearest", "border", 0),
    };

    public static TheoryData<string> Names => _cases.Names;

    /// <summary>All but those that jump, where a rounded number may land on the other side.</summary>
    public static TheoryData<string> Steady => _cases.Without("Pad of integers", "GridSample", "GridSample, corners kept, reflected", "GridSample of the nearest, at the edge");

    [Theory]
    [MemberData(nameof(Names))]
    public void ItComputesWhatOnnxRuntimeComputes(string name) => _cases.Agree(name);

    [Theory]
    [InlineData("Pad")]
    [InlineData("Pad by the edge")]
    [InlineData("Pad of named axes")]
    [InlineData("Pad of integers")]
    [InlineData("Pad to less")]
    [InlineData("Resize")]
    [InlineData("Resize from middles")]
    [InlineData("Resize from middles, PyTorch's")]
    [InlineData("Resize from beginnings, rounded down")]
    [InlineData("Resize from beginnings, doubled")]
    public void OnADeviceNothingIsReadBack(string name) => _cases.StaysOnItsDevice(name);

    [Theory]
    [MemberData(nameof(Steady))]
    public void InBFloat16ItIsNear(string name) => _cases.IsNearInBFloat16(name);

    [Theory]
    [InlineData("Resize to sizes")]
    [InlineData("Resize linearly")]
    [InlineData("Resize cubically")]
    [InlineData("Resize of named axes")]
    public void ItsGradientIsItsSlope(string name) => _cases.HasItsSlopes(name);

    private static string Enlarged(OnnxGraphBuilder graph, string x, float factor, string coordinates, string rounding) => graph.AddNode(
        "Resize", [x, null, graph.AddConstant("scales", 1, 1, factor, factor)], null, String("mode", "nearest"), String("coordinate_transformation_mode", coordinates), String("nearest_mode", rounding));

    private static string Resized(OnnxGraphBuilder graph, string x, long[] sizes, string mode, string coordinates = "half_pixel", string rounding = "round_prefer_floor") => graph.AddNode(
        "Resize", [x, graph.AddInitializer("roi", new float[0], 0), graph.AddInitializer("scales", new float[0], 0), graph.Concat([graph.Slice(graph.AddNode("Shape", [x]), [0], [2]), graph.AddConstant("sizes", sizes)], 0)], null,
        String("mode", mode), String("coordinate_transformation_mode", coordinates), String("nearest_mode", rounding));

    private static string Sampled(OnnxGraphBuilder graph, string x, string mode, string padding, long corners)
    {
        // Places from the map itself, some of them outside.
        var grid = graph.Mul(graph.Slice(graph.Transpose(x, [0, 2, 3, 1]), [0], [2], [3]), graph.AddScalar("c", .7f));
        return graph.AddNode("GridSample", [x, grid], null, String("mode", mode), String("padding_mode", padding), Int("align_corners", corners));
    }
}
