using Microsoft.ML.Distillation.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

/// <summary>Operators that move, pick or gather numbers.</summary>
internal static class OnnxShapes
{
    public static OnnxOperator Reduce(OnnxNode node, Func<Tensor, long[], bool, Tensor> function)
    {
        var (axes, keeps) = (node.Integers("axes", 1), node.Int("keepdims", 1) != 0);
        return inputs => function(inputs[0]!, axes?.Invoke(inputs) is { Length: > 0 } some ? some : [.. Enumerable.Range(0, (int)inputs[0]!.dim()).Select(a => (long)a)], keeps);
    }

    public static OnnxOperator Flatten(OnnxNode node)
    {
        var axis = (int)node.Int("axis", 1);
        return inputs =>
        {
            var shape = inputs[0]!.shape;
            var ahead = shape[..(axis < 0 ? axis + shape.Length : axis)].Aggregate(1L, (a, b) => a * b);
            return inputs[0]!.reshape(ahead, shape.Aggregate(1L, (a, b) => a * b) / Math.Max(1, ahead));
        };
    }

    public static OnnxOperator Reshape(OnnxNode node)
    {
        var (wanted, zeros) = (node.Integers("shape", 1)!, node.Int("allowzero") != 0);
        return inputs =>
        {
            var (shape, old) = (wanted(inputs).ToArray(), inputs[0]!.shape);
            for (var i = 0; i < shape.Length && !zeros; i++)
                shape[i] = shape[i] == 0 ? old[i] : shape[i];
            return inputs[0]!.reshape(shape);
        };
    }

    public static OnnxOperator Transpose(OnnxNode node)
    {
        var order = node.Ints("perm");
        return inputs => inputs[0]!.permute(order ?? [.. Enumerable.Range(0, (int)inputs[0]!.dim()).Reverse().Select(a => (long)a)]);
    }

    public static OnnxOperator Concat(OnnxNode node)
    {
        var axis = node.Int("axis", 1);
        return inputs => cat([.. inputs.Select(x => x!)], axis);
    }

    public static OnnxOperator Slice(OnnxNode node)
    {
        var (starts, ends) = (node.Integers("starts", 1)!, node.Integers("ends", 2)!);
        var (axes, steps) = (node.Integers("axes", 3), node.Integers(4));
        return inputs =>
        {
            var (from, to) = (starts(inputs), ends(inputs));
            var (along, by) = (axes?.Invoke(inputs), steps?.Invoke(inputs));
            var result = inputs[0]!.alias();
            for (var i = 0; i < from.Length; i++)
            {
                var (axis, step) = (along?[i] ?? i, by?[i] ?? 1);
                result = step > 0 ? result.slice(axis, from[i], to[i], step) : Backwards(result, axis < 0 ? axis + result.dim() : axis, from[i], to[i], step);
            }
            return result;
        };
    }

    /// <summary>On the CPU, where shapes and places are computed.</summary>
    public static OnnxOperator ConstantOfShape(OnnxNode node)
    {
        var shape = node.Integers(0)!;
        if (node.Value("value") is { } value && (OnnxElementType)value.DataType is OnnxElementType.Int64 or OnnxElementType.Int32)
        {
            var number = value.ToInt64s(node.Type)[0];
            return inputs => full(shape(inputs), number, ScalarType.Int64);
        }
        var level = node.Value("value")?.ToFloats(node.Type)[0] ?? 0;
        return inputs => full(shape(inputs), level, ScalarType.Float32);
    }

    /// <summary>PyTorch has no negative steps.</summary>
    private static Tensor Backwards(Tensor x, long axis, long from, long to, long step)
    {
        var size = x.shape[axis];
        var (first, last) = (Math.Min(from < 0 ? from + size : from, size - 1), Math.Max(to < 0 ? to + size : to, -1));
        var places = new List<long>();
        for (var place = first; place > last; place += step)
            places.Add(place);
        return x.index_select(axis, tensor(places.ToArray()).to(x.device));
    }

    public static OnnxOperator Gather(OnnxNode node)
    {
        var axis = node.Int("axis");
        return inputs =>
        {
            var (x, places) = (inputs[0]!, inputs[1]!);
            var along = axis < 0 ? axis + x.dim() : axis;
            // Negative places count from the end.
            var size = x.shape[along];
            var found = x.index_select(along, places.flatten().remainder((Scalar)size).to(x.device));
            return found.reshape([.. x.shape[..(int)along], .. places.shape, .. x.shape[((int)along + 1)..]]);
        };
    }

    public static OnnxOperator Squeeze(OnnxNode node)
    {
        var axes = node.Integers("axes", 1);
        return inputs =>
        {
            var shape = inputs[0]!.shape;
            var gone = axes?.Invoke(inputs).Select(a => a < 0 ? a + shape.Length : a).ToHashSet();
            return inputs[0]!.reshape([.. shape.Where((length, axis) => gone is null ? length != 1 : !gone.Contains(axis))]);
        };
    }

    public static OnnxOperator Unsqueeze(OnnxNode node)
    {
        var axes = node.Integers("axes", 1)!;
        return inputs =>
        {
            var added = axes(inputs);
            var shape = inputs[0]!.shape.ToList();
            var total = shape.Count + added.Length;
            foreach (var axis in added.Select(a => a < 0 ? a + total : a).Order())
                shape.Insert((int)axis, 1);
            return inputs[0]!.reshape([.. shape]);
        };
    }

    public static OnnxOperator Pad(OnnxNode node)
    {
        var (pads, mode) = (node.Integers("pads", 1)!, node.Text("mode", "constant"));
        if (mode is not ("constant" or "reflect" or "edge"))
            throw node.Unsupported($"mode {mode}");
        if (node.IsGiven(3))
            throw node.Unsupported("axes");
        var value = node.Has("value") ? node.Float("value", 0) : node.Number(2) ?? 0;
        return inputs =>
        {
            // ONNX has all begins, then all ends; PyTorch pairs, from the last axis on.
            var all = pads(inputs);
            var axes = all.Length / 2;
            var first = mode == "constant" ? 0 : 2;
            long[] pairs = [.. Enumerable.Range(first, axes - first).Reverse().SelectMany(axis => new[] { all[axis], all[axis + axes] })];
            return nn.functional.pad(inputs[0]!, pairs, mode switch { "reflect" => PaddingModes.Reflect, "edge" => PaddingModes.Replicate, _ => PaddingModes.Constant }, value);
        };
    }

    /// <summary>Every number of N×C×H×W becomes a square of the same, as detectors enlarge maps; nothing else.</summary>
    public static OnnxOperator Resize(OnnxNode node)
    {
        if (node.Text("mode", "nearest") != "nearest" || node.Floats(2) is not [1, 1, var down, var across] || !RepeatsBy(node, down) || !RepeatsBy(node, across))
            throw node.Unsupported("anything but whole factors of height and width, to the nearest");
        return inputs => inputs[0]!.repeat_interleave((long)down, 2).repeat_interleave((long)across, 3);
    }

    /// <summary>From version 15 on, a part of it may be asked for.</summary>
    public static OnnxOperator Shape(OnnxNode node)
    {
        var (start, end) = (node.Int("start"), node.Int("end", long.MaxValue));
        return inputs =>
        {
            var shape = inputs[0]!.shape;
            var (first, behind) = (Place(start, shape.Length), Place(end, shape.Length));
            return tensor(first < behind ? shape[first..behind] : []);
        };

        static int Place(long axis, int axes) => (int)Math.Clamp(axis < 0 ? axis + axes : axis, 0, axes);
    }

    /// <summary>Whether each number is simply repeated: where places are taken from their middles and rounded, or from their beginnings and rounded down.</summary>
    private static bool RepeatsBy(OnnxNode node, float factor)
    {
        var rounding = node.Text("nearest_mode", "round_prefer_floor");
        return factor >= 1 && factor % 1 == 0 && (factor == 1 || node.Text("coordinate_transformation_mode", "half_pixel") switch
        {
            "half_pixel" or "pytorch_half_pixel" => rounding is "round_prefer_floor" or "round_prefer_ceil",
            "asymmetric" => rounding == "floor" || (factor == 2 && rounding == "round_prefer_floor"),
            _ => false,
        });
    }
}
