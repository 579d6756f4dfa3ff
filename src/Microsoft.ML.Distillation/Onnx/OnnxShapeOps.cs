namespace Microsoft.ML.Distillation.Onnx;

using static OnnxAttribute;

/// <summary>The operators that move numbers without changing them.</summary>
internal static class OnnxShapeOps
{
    public static string Flatten(this OnnxGraphBuilder graph, string x, long axis = 1, string? name = null) =>
        graph.AddNode("Flatten", [x], name, Int("axis", axis));

    public static string Transpose(this OnnxGraphBuilder graph, string x, ReadOnlySpan<long> permutation, string? name = null) =>
        graph.AddNode("Transpose", [x], name, Ints("perm", permutation));

    /// <summary>In <paramref name="shape"/>, 0 keeps an axis' size and one −1 takes what is left.</summary>
    public static string Reshape(this OnnxGraphBuilder graph, string x, ReadOnlySpan<long> shape, string? name = null) =>
        graph.AddNode("Reshape", [x, graph.AddConstant("shape", shape)], name);

    /// <summary>From <paramref name="starts"/> up to, not including, <paramref name="ends"/>; negative positions count from the end.</summary>
    /// <remarks>Without axes: the first ones; without steps: 1 on every axis.</remarks>
    public static string Slice(
        this OnnxGraphBuilder graph, string x, ReadOnlySpan<long> starts, ReadOnlySpan<long> ends, ReadOnlySpan<long> axes = default,
        ReadOnlySpan<long> steps = default, string? name = null) =>
        graph.AddNode(
            "Slice",
            [
                x, graph.AddConstant("starts", starts), graph.AddConstant("ends", ends),
                graph.ConstantOrNull("axes", axes), graph.ConstantOrNull("steps", steps),
            ],
            name);

    /// <remarks>Pads are all begins, then all ends, an entry an axis. Mode is "constant", "reflect" or "edge".</remarks>
    public static string Pad(
        this OnnxGraphBuilder graph, string x, ReadOnlySpan<long> pads, float value = 0, string mode = "constant", string? name = null) =>
        graph.AddNode(
            "Pad",
            [x, graph.AddConstant("pads", pads), mode == "constant" ? graph.AddScalar("value", value) : null],
            name,
            String("mode", mode));

    public static string Concat(this OnnxGraphBuilder graph, ReadOnlySpan<string> inputs, long axis, string? name = null) =>
        graph.AddNode("Concat", inputs!, name, Int("axis", axis));

    /// <summary>What lies at the given places of an axis, in their order.</summary>
    public static string Gather(this OnnxGraphBuilder graph, string x, ReadOnlySpan<long> places, long axis, string? name = null) =>
        graph.AddNode("Gather", [x, graph.AddConstant("places", places)], name, Int("axis", axis));

    /// <summary>Every pixel of N×C×H×W becomes a square of four.</summary>
    public static string Double(this OnnxGraphBuilder graph, string x, string? name = null) => graph.AddNode(
        "Resize", [x, null, graph.AddConstant("scales", 1f, 1f, 2f, 2f)], name,
        String("mode", "nearest"), String("coordinate_transformation_mode", "asymmetric"), String("nearest_mode", "floor"));

    private static string? ConstantOrNull(this OnnxGraphBuilder graph, string hint, ReadOnlySpan<long> values) =>
        values.IsEmpty ? null : graph.AddConstant(hint, values);
}
