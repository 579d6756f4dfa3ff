using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

/// <summary>Convolutions that enlarge maps. They stay float32: not every CPU's libtorch has them in bfloat16.</summary>
internal static class OnnxTransposedWindows
{
    public static OnnxOperator ConvTranspose(OnnxNode node)
    {
        OnnxWindows.CheckWeights(node);
        var (strides, dilations) = (OnnxWindows.Pair(node, "strides"), OnnxWindows.Pair(node, "dilations"));
        var (added, groups, padding) = (OnnxWindows.Pair(node, "output_padding", 0), node.Int("group", 1), Padding.Of(node));
        return inputs =>
        {
            var (x, weight, bias) = (inputs[0]!.to(inputs[1]!.dtype), inputs[1]!, OnnxOperators.Input(inputs, 2));
            var (top, bottom) = padding.Sides(0, x.shape[2], Length(0));
            var (left, right) = padding.Sides(1, x.shape[3], Length(1));
            if (top == bottom && left == right && top >= 0 && left >= 0)
                return nn.functional.conv_transpose2d(x, weight, bias, strides, [top, left], added, dilations, groups);
            // PyTorch takes as much off both sides: the whole is made, then cut; where there is too little, by output padding.
            long[] more = [added[0] + Math.Max(0, -top - bottom), added[1] + Math.Max(0, -left - right)];
            var whole = nn.functional.conv_transpose2d(x, weight, bias, strides, [0, 0], more, dilations, groups);
            return Cut(Cut(whole, 2, top, bottom), 3, left, right);

            long Length(int axis) => (x.shape[axis + 2] - 1) * strides[axis] + dilations[axis] * (weight.shape[axis + 2] - 1) + 1 + added[axis];
        };
    }

    private static Tensor Cut(Tensor x, int axis, long before, long after) => before + after <= 0 ? x : x.narrow(axis, before, x.shape[axis] - before - after);

    /// <summary>What is taken off each side of the result.</summary>
    /// <param name="Pads">Top, left, bottom, right; null where they follow from the size.</param>
    /// <param name="Sizes">Height and width of the result; null for those of the input times the strides.</param>
    /// <param name="Lower">Where they are uneven, whether the greater part comes first.</param>
    private sealed record Padding(long[]? Pads, long[]? Sizes, bool Lower, long[] Strides)
    {
        public static Padding Of(OnnxNode node)
        {
            var (mode, strides) = (node.Text("auto_pad", "NOTSET"), OnnxWindows.Pair(node, "strides"));
            if (node.Ints("output_shape") is { } sizes)
                return new(null, sizes[^2..], mode != "SAME_UPPER", strides);
            return mode switch
            {
                "NOTSET" => new(node.Ints("pads") ?? [0, 0, 0, 0], null, false, strides),
                "VALID" => new([0, 0, 0, 0], null, false, strides),
                "SAME_UPPER" => new(null, null, false, strides),
                "SAME_LOWER" => new(null, null, true, strides),
                _ => throw node.Unsupported($"auto_pad {mode}"),
            };
        }

        /// <param name="length">Of the input.</param>
        /// <param name="whole">Of the result, nothing taken off.</param>
        /// <returns>Less than nothing in sum where the result is to be longer.</returns>
        public (long Before, long After) Sides(int axis, long length, long whole)
        {
            if (Pads is not null)
                return (Pads[axis], Pads[axis + 2]);
            var total = whole - (Sizes?[axis] ?? length * Strides[axis]);
            if (total < 0)
                return (0, total);
            return Lower ? (total - total / 2, total / 2) : (total / 2, total - total / 2);
        }
    }
}
