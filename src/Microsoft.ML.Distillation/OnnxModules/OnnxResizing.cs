using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

using static OnnxOperators;

/// <summary>Operators that take maps at other places than their own: padding, resizing, sampling.</summary>
internal static class OnnxResizing
{
    public static readonly IReadOnlyDictionary<string, Func<OnnxNode, OnnxOperator>> All = new Dictionary<string, Func<OnnxNode, OnnxOperator>>(StringComparer.Ordinal)
    {
        ["Pad"] = Pad,
        ["Resize"] = Resize,
        ["Upsample"] = Resize,
        ["GridSample"] = GridSample,
    };

    private static OnnxOperator Pad(OnnxNode node)
    {
        var (pads, axes, mode) = (node.Integers("pads", 1)!, node.Integers(3), node.Text("mode", "constant"));
        if (mode is not ("constant" or "reflect" or "edge"))
            throw node.Unsupported($"mode {mode}");
        var value = node.Has("value") ? node.Float("value", 0) : node.Integer(2) ?? node.Number(2) ?? 0;
        return inputs =>
        {
            var all = OfAllAxes(pads(inputs), axes?.Invoke(inputs), (int)inputs[0]!.dim());
            var count = all.Length / 2;
            var first = mode == "constant" ? 0 : 2;
            // ONNX has all begins, then all ends; PyTorch pairs, from the last axis on.
            long[] pairs = [.. Enumerable.Range(first, count - first).Reverse().SelectMany(axis => new[] { all[axis], all[axis + count] })];
            return mode switch
            {
                "reflect" => nn.functional.pad(Wide(inputs[0]!), pairs, PaddingModes.Reflect),
                "edge" => nn.functional.pad(Wide(inputs[0]!), pairs, PaddingModes.Replicate),
                _ => nn.functional.pad(inputs[0]!, pairs, PaddingModes.Constant, value),
            };
        };
    }

    private static long[] OfAllAxes(long[] pads, long[]? axes, int count)
    {
        if (axes is null)
            return pads;
        var all = new long[2 * count];
        for (var i = 0; i < axes.Length; i++)
            (all[Axis(axes[i], count)], all[Axis(axes[i], count) + count]) = (pads[i], pads[i + axes.Length]);
        return all;
    }

    /// <summary>Axis by axis: the axes of every interpolation here are independent of each other.</summary>
    private static OnnxOperator Resize(OnnxNode node)
    {
        var by = OnnxInterpolation.Of(node);
        // Up to version 10 there was no region of interest before the factors.
        var (factors, sizes, axes) = (Factors(node), node.Opset < 11 ? null : node.Integers(3), node.Ints("axes"));
        if (factors is null && sizes is null)
            throw node.Unsupported("neither factors nor sizes");
        return inputs =>
        {
            var (x, given) = (inputs[0]!.alias(), factors?.Invoke(inputs));
            var wanted = given is null ? sizes!(inputs) : null;
            for (var i = 0; i < (given?.Length ?? wanted!.Length); i++)
            {
                var axis = Axis(axes?[i] ?? i, x.dim());
                var factor = given?[i] ?? (float)wanted![i] / x.shape[axis];
                x = by.Resize(x, axis, wanted?[i] ?? (long)Math.Floor(x.shape[axis] * factor), factor);
            }
            return x;
        };
    }

    private static Func<IReadOnlyList<Tensor?>, float[]>? Factors(OnnxNode node)
    {
        if (node.Reals("scales") is { } attribute)
            return _ => attribute;
        return node.Reals(node.Opset < 11 ? 1 : 2);
    }

    private static OnnxOperator GridSample(OnnxNode node)
    {
        var mode = node.Text("mode", "bilinear") switch
        {
            "bilinear" or "linear" => GridSampleMode.Bilinear,
            "nearest" => GridSampleMode.Nearest,
            var other => throw node.Unsupported($"mode {other}"),
        };
        var padding = node.Text("padding_mode", "zeros") switch
        {
            "zeros" => GridSamplePaddingMode.Zeros,
            "border" => GridSamplePaddingMode.Border,
            "reflection" => GridSamplePaddingMode.Reflection,
            var other => throw node.Unsupported($"padding_mode {other}"),
        };
        var corners = node.Int("align_corners") != 0;
        return x => nn.functional.grid_sample(Wide(x[0]!), Wide(x[1]!), mode, padding, corners);
    }
}
