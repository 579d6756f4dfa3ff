namespace Microsoft.ML.Distillation.Onnx;

using static OnnxAttribute;

/// <summary>ONNX operators as one-liners; each gives the name of its result. Empty lists leave an attribute at ONNX's default.</summary>
internal static class OnnxOps
{
    /// <summary>The same padding on both sides of both axes, in ONNX's order (all begins, then all ends).</summary>
    public static long[] Pads(long height, long width) => [height, width, height, width];

    public static string Conv(
        this OnnxGraphBuilder graph, string x, string weight, string? bias = null, ReadOnlySpan<long> strides = default,
        ReadOnlySpan<long> pads = default, long group = 1, ReadOnlySpan<long> dilations = default, string? name = null) =>
        graph.AddNode(
            "Conv", [x, weight, bias], name,
            Ints("strides", strides), Ints("pads", pads), Int("group", group), Ints("dilations", dilations));

    public static string BatchNormalization(
        this OnnxGraphBuilder graph, string x, string scale, string bias, string mean, string variance,
        float epsilon = 1e-5f, float momentum = .9f, string? name = null) =>
        graph.AddNode("BatchNormalization", [x, scale, bias, mean, variance], name, Float("epsilon", epsilon), momentum == .9f ? null : Float("momentum", momentum));

    public static string Gemm(
        this OnnxGraphBuilder graph, string a, string b, string? c = null, bool transA = false, bool transB = false,
        float alpha = 1, float beta = 1, string? name = null) =>
        graph.AddNode("Gemm", [a, b, c], name, Float("alpha", alpha), Float("beta", beta), Int("transA", transA), Int("transB", transB));

    public static string MatMul(this OnnxGraphBuilder graph, string a, string b, string? name = null) => graph.AddNode("MatMul", [a, b], name);

    public static string Add(this OnnxGraphBuilder graph, string a, string b, string? name = null) => graph.AddNode("Add", [a, b], name);

    public static string Sub(this OnnxGraphBuilder graph, string a, string b, string? name = null) => graph.AddNode("Sub", [a, b], name);

    public static string Mul(this OnnxGraphBuilder graph, string a, string b, string? name = null) => graph.AddNode("Mul", [a, b], name);

    public static string Div(this OnnxGraphBuilder graph, string a, string b, string? name = null) => graph.AddNode("Div", [a, b], name);

    public static string Relu(this OnnxGraphBuilder graph, string x, string? name = null) => graph.AddNode("Relu", [x], name);

    public static string Sigmoid(this OnnxGraphBuilder graph, string x, string? name = null) => graph.AddNode("Sigmoid", [x], name);

    public static string HardSwish(this OnnxGraphBuilder graph, string x, string? name = null) => graph.AddNode("HardSwish", [x], name);

    /// <summary>max(0, min(1, x/6 + 1/2)), PyTorch's slope; ONNX's own default is 0.2.</summary>
    public static string HardSigmoid(this OnnxGraphBuilder graph, string x, string? name = null) =>
        graph.AddNode("HardSigmoid", [x], name, Float("alpha", 1 / 6f), Float("beta", .5f));

    public static string Softmax(this OnnxGraphBuilder graph, string x, long axis = -1, string? name = null) =>
        graph.AddNode("Softmax", [x], name, Int("axis", axis));

    /// <summary>Limits to [min, max]; null leaves that side open.</summary>
    public static string Clip(this OnnxGraphBuilder graph, string x, float? min, float? max, string? name = null) =>
        graph.AddNode("Clip", [x, graph.ScalarOrNull("min", min), graph.ScalarOrNull("max", max)], name);

    public static string Cast(this OnnxGraphBuilder graph, string x, OnnxElementType to, string? name = null) =>
        graph.AddNode("Cast", [x], name, Int("to", (long)to));

    public static string Identity(this OnnxGraphBuilder graph, string x, string? name = null) => graph.AddNode("Identity", [x], name);

    public static string GlobalAveragePool(this OnnxGraphBuilder graph, string x, string? name = null) =>
        graph.AddNode("GlobalAveragePool", [x], name);

    /// <remarks>By default padding counts in the divisor, as in PyTorch and unlike ONNX.</remarks>
    public static string AveragePool(
        this OnnxGraphBuilder graph, string x, ReadOnlySpan<long> kernel, ReadOnlySpan<long> strides = default,
        ReadOnlySpan<long> pads = default, bool countIncludePad = true, bool ceilMode = false, string? name = null) =>
        graph.AddNode(
            "AveragePool", [x], name, Ints("kernel_shape", kernel), Ints("strides", strides), Ints("pads", pads),
            Int("count_include_pad", countIncludePad), Int("ceil_mode", ceilMode));

    public static string MaxPool(
        this OnnxGraphBuilder graph, string x, ReadOnlySpan<long> kernel, ReadOnlySpan<long> strides = default,
        ReadOnlySpan<long> pads = default, bool ceilMode = false, string? name = null) =>
        graph.AddNode(
            "MaxPool", [x], name, Ints("kernel_shape", kernel), Ints("strides", strides), Ints("pads", pads), Int("ceil_mode", ceilMode));

    private static string? ScalarOrNull(this OnnxGraphBuilder graph, string hint, float? value) =>
        value is { } number ? graph.AddScalar(hint, number) : null;
}
