using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

using Family = IReadOnlyDictionary<string, Func<OnnxNode, OnnxOperator>>;

/// <summary>ONNX operators as TorchSharp's, by type. Each is made for a node once, before anything runs.</summary>
internal static class OnnxOperators
{
    private static readonly Family[] _families =
        [OnnxArithmetic.All, OnnxActivations.All, OnnxProducts.All, OnnxNormalizations.All, OnnxReductions.All, OnnxWindows.All, OnnxSizes.All, OnnxShapes.All, OnnxPicks.All, OnnxResizing.All];

    private static readonly Dictionary<string, Func<OnnxNode, OnnxOperator>> _all = _families.SelectMany(family => family).ToDictionary(one => one.Key, one => one.Value, StringComparer.Ordinal);

    private static readonly Dictionary<string, Func<OnnxNode, OnnxManyOperator>> _many = new(StringComparer.Ordinal)
    {
        ["Split"] = OnnxShapes.Split,
        ["TopK"] = OnnxPicks.TopK,
    };

    /// <summary>The types of all operators there are.</summary>
    public static IEnumerable<string> Types => _all.Keys.Concat(_many.Keys);

    /// <param name="wanted">The outputs that are read, by their places.</param>
    /// <exception cref="NotSupportedException">It is not among them, or not in this form; the message says what.</exception>
    public static OnnxManyOperator Create(OnnxNode node, IEnumerable<int> wanted)
    {
        if (_many.TryGetValue(node.Type, out var many))
            return many(node);
        if (!_all.TryGetValue(node.Type, out var make))
            throw new NotSupportedException(node.Type);
        if (wanted.Any(output => output > 0))
            throw node.Unsupported("more than its first output");
        var one = make(node);
        return inputs => [one(inputs)];
    }

    /// <summary>What convolutions made in bfloat16, in float32; all else as it is.</summary>
    public static Tensor Wide(Tensor x) => x.dtype == ScalarType.BFloat16 ? x.to(ScalarType.Float32) : x;

    /// <summary>Two tensors of one type, the wider of the two, for what takes no others.</summary>
    public static (Tensor, Tensor) Alike(Tensor a, Tensor b)
    {
        if (a.dtype == b.dtype)
            return (a, b);
        var type = a.dtype == ScalarType.Float64 || b.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        return (a.to(type), b.to(type));
    }

    public static Tensor? Input(IReadOnlyList<Tensor?> inputs, int place) => inputs.Count > place ? inputs[place] : null;

    /// <summary>An axis from the front.</summary>
    public static long Axis(long axis, long axes) => axis < 0 ? axis + axes : axis;

    public static long[] Axes(Tensor x, int first = 0) => [.. Enumerable.Range(first, Math.Max(0, (int)x.dim() - first)).Select(axis => (long)axis)];
}
