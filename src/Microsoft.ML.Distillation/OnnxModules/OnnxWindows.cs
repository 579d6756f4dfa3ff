using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

/// <summary>Operators that slide a window over N×C×H×W.</summary>
internal static class OnnxWindows
{
    public static readonly IReadOnlyDictionary<string, Func<OnnxNode, OnnxOperator>> All = new Dictionary<string, Func<OnnxNode, OnnxOperator>>(StringComparer.Ordinal)
    {
        ["Conv"] = Conv,
        ["ConvTranspose"] = OnnxTransposedWindows.ConvTranspose,
        ["MaxPool"] = MaxPool,
        ["AveragePool"] = AveragePool,
    };

    public static long[] Pair(OnnxNode node, string name, long missing = 1) => node.Ints(name) switch
    {
        null => [missing, missing],
        { Length: 2 } pair => pair,
        _ => throw node.Unsupported($"{name} of not 2 axes"),
    };

    /// <exception cref="NotSupportedException">Weights are known, and not for two axes.</exception>
    public static void CheckWeights(OnnxNode node)
    {
        if (node.ConstantShape(1) is { Length: not 4 } shape)
            throw node.Unsupported($"{shape.Length - 2} axes");
    }

    private static OnnxOperator Conv(OnnxNode node)
    {
        CheckWeights(node);
        var (strides, dilations, groups) = (Pair(node, "strides"), Pair(node, "dilations"), node.Int("group", 1));
        var window = Window.Of(node, strides, dilations);
        return inputs =>
        {
            var (x, weight) = (inputs[0]!, inputs[1]!);
            var (padded, padding) = window.Pad(x, weight.shape[2], weight.shape[3], 0, pools: false);
            return nn.functional.conv2d(padded.to(weight.dtype), weight, OnnxOperators.Input(inputs, 2), strides, padding, dilations, groups);
        };
    }

    private static OnnxOperator MaxPool(OnnxNode node)
    {
        var (kernel, strides, dilations) = (Kernel(node), Pair(node, "strides"), Pair(node, "dilations"));
        var (window, rounds) = (Window.Of(node, strides, dilations), node.Int("ceil_mode") != 0);
        return inputs =>
        {
            var (padded, padding) = window.Pad(inputs[0]!, kernel[0], kernel[1], double.NegativeInfinity, pools: true);
            return window.WithoutEmpty(nn.functional.max_pool2d(padded, kernel, strides, padding, dilations, rounds), inputs[0]!, kernel);
        };
    }

    private static OnnxOperator AveragePool(OnnxNode node)
    {
        var (kernel, strides) = (Kernel(node), Pair(node, "strides"));
        var (window, rounds, counts) = (Window.Of(node, strides, [1, 1]), node.Int("ceil_mode") != 0, node.Int("count_include_pad") != 0);
        if (!counts && !window.IsEven)
            throw node.Unsupported("padding that differs from side to side and does not count");
        if (!counts && window.Pads is [var above, var before, ..] && (2 * above > kernel[0] || 2 * before > kernel[1]))
            throw node.Unsupported("padding of more than half its window that does not count");
        if (node.Ints("dilations") is { } dilations && dilations.Any(d => d != 1))
            throw node.Unsupported("dilations");
        return inputs =>
        {
            var (padded, padding) = window.Pad(inputs[0]!, kernel[0], kernel[1], 0, pools: true);
            return window.WithoutEmpty(nn.functional.avg_pool2d(padded, kernel, strides, padding, rounds, counts), inputs[0]!, kernel);
        };
    }

    private static long[] Kernel(OnnxNode node) => node.Ints("kernel_shape") is { Length: 2 } kernel ? kernel : throw node.Unsupported("a window that has not 2 axes");

    /// <summary>How far a window reaches beyond the edges.</summary>
    /// <param name="Pads">Top, left, bottom, right; null where they follow from the size.</param>
    /// <param name="Lower">Where they follow from the size and are uneven, whether the greater part comes first.</param>
    private sealed record Window(long[]? Pads, bool Lower, long[] Strides, long[] Dilations)
    {
        public bool IsEven => Pads is [var top, var left, var bottom, var right] && top == bottom && left == right;

        public static Window Of(OnnxNode node, long[] strides, long[] dilations) => node.Text("auto_pad", "NOTSET") switch
        {
            "NOTSET" => new(node.Ints("pads") ?? [0, 0, 0, 0], false, strides, dilations),
            "VALID" => new([0, 0, 0, 0], false, strides, dilations),
            "SAME_UPPER" => new(null, false, strides, dilations),
            "SAME_LOWER" => new(null, true, strides, dilations),
            var other => throw node.Unsupported($"auto_pad {other}"),
        };

        /// <returns>The map, padded beforehand where both sides differ, and the padding that is left to the operator.</returns>
        public (Tensor Padded, long[] Padding) Pad(Tensor x, long height, long width, double value, bool pools)
        {
            var (top, bottom) = Sides(0, x.shape[2], height);
            var (left, right) = Sides(1, x.shape[3], width);
            // PyTorch's pooling takes no padding beyond half its window.
            if (top == bottom && left == right && (!pools || (2 * top <= height && 2 * left <= width)))
                return (x, [top, left]);
            return (nn.functional.pad(x, (long[])[left, right, top, bottom], PaddingModes.Constant, value), [0, 0]);
        }

        /// <summary>Less the places of windows that begin behind the map, in its padding, where rounding up makes some.</summary>
        public Tensor WithoutEmpty(Tensor result, Tensor x, long[] kernel)
        {
            for (var axis = 0; axis < 2; axis++)
            {
                var most = (x.shape[axis + 2] + Sides(axis, x.shape[axis + 2], kernel[axis]).Before + Strides[axis] - 1) / Strides[axis];
                if (result.shape[axis + 2] > most)
                    result = result.narrow(axis + 2, 0, most);
            }
            return result;
        }

        private (long Before, long After) Sides(int axis, long length, long kernel)
        {
            if (Pads is not null)
                return (Pads[axis], Pads[axis + 2]);
            var reach = Dilations[axis] * (kernel - 1) + 1;
            var total = Math.Max(0, ((length + Strides[axis] - 1) / Strides[axis] - 1) * Strides[axis] + reach - length);
            var less = total / 2;
            return Lower ? (total - less, less) : (less, total - less);
        }
    }
}
