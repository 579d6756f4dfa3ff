using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

using static OnnxOperators;

/// <summary>Operators that arrange numbers otherwise.</summary>
internal static class OnnxShapes
{
    public static readonly IReadOnlyDictionary<string, Func<OnnxNode, OnnxOperator>> All = new Dictionary<string, Func<OnnxNode, OnnxOperator>>(StringComparer.Ordinal)
    {
        ["Flatten"] = Flatten,
        ["Reshape"] = Reshape,
        ["Transpose"] = Transpose,
        ["Concat"] = Concat,
        ["Squeeze"] = Squeeze,
        ["Unsqueeze"] = Unsqueeze,
        ["Expand"] = Expand,
        ["Tile"] = Tile,
        ["DepthToSpace"] = DepthToSpace,
        ["SpaceToDepth"] = SpaceToDepth,
        ["Trilu"] = Trilu,
    };

    /// <summary>Parts one after another along an axis; where nothing says how long they are, as long as each other, the last one sometimes shorter.</summary>
    public static OnnxManyOperator Split(OnnxNode node)
    {
        var (axis, lengths, parts) = (node.Int("axis"), node.Integers("split", 1), node.Outputs);
        return inputs =>
        {
            var along = Axis(axis, inputs[0]!.dim());
            return inputs[0]!.split(lengths?.Invoke(inputs) ?? Even(inputs[0]!.shape[along], parts), along);
        };

        static long[] Even(long length, long parts)
        {
            var each = (length + parts - 1) / parts;
            return [.. Enumerable.Repeat(each, (int)parts - 1), length - each * (parts - 1)];
        }
    }

    private static OnnxOperator Flatten(OnnxNode node)
    {
        var axis = (int)node.Int("axis", 1);
        return inputs =>
        {
            var shape = inputs[0]!.shape;
            var ahead = shape[..(axis < 0 ? axis + shape.Length : axis)].Aggregate(1L, (a, b) => a * b);
            return inputs[0]!.reshape(ahead, shape.Aggregate(1L, (a, b) => a * b) / Math.Max(1, ahead));
        };
    }

    private static OnnxOperator Reshape(OnnxNode node)
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

    private static OnnxOperator Transpose(OnnxNode node)
    {
        var order = node.Ints("perm");
        return inputs => inputs[0]!.permute(order ?? [.. Enumerable.Range(0, (int)inputs[0]!.dim()).Reverse().Select(a => (long)a)]);
    }

    private static OnnxOperator Concat(OnnxNode node)
    {
        var axis = node.Int("axis", 1);
        return inputs => cat([.. inputs.Select(x => x!)], axis);
    }

    private static OnnxOperator Squeeze(OnnxNode node)
    {
        var axes = node.Integers("axes", 1);
        return inputs =>
        {
            var shape = inputs[0]!.shape;
            var gone = axes?.Invoke(inputs).Select(a => a < 0 ? a + shape.Length : a).ToHashSet();
            return inputs[0]!.reshape([.. shape.Where((length, axis) => gone is null ? length != 1 : !gone.Contains(axis))]);
        };
    }

    private static OnnxOperator Unsqueeze(OnnxNode node)
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

    /// <summary>To a shape that both its own and the wanted one are broadcast to.</summary>
    private static OnnxOperator Expand(OnnxNode node)
    {
        var wanted = node.Integers(1)!;
        return inputs => inputs[0]!.broadcast_to(Broadcast(inputs[0]!.shape, wanted(inputs)));

        static long[] Broadcast(long[] own, long[] other)
        {
            var shape = new long[Math.Max(own.Length, other.Length)];
            for (var i = 1; i <= shape.Length; i++)
                shape[^i] = i > own.Length || own[^i] == 1 ? i > other.Length ? 1 : other[^i] : own[^i];
            return shape;
        }
    }

    private static OnnxOperator Tile(OnnxNode node)
    {
        var times = node.Integers(1)!;
        return inputs => inputs[0]!.repeat(times(inputs));
    }

    private static OnnxOperator DepthToSpace(OnnxNode node)
    {
        var (side, mode) = (node.Int("blocksize"), node.Text("mode", "DCR"));
        if (mode is not ("DCR" or "CRD"))
            throw node.Unsupported($"mode {mode}");
        return inputs =>
        {
            var (n, c, h, w) = (inputs[0]!.shape[0], inputs[0]!.shape[1] / (side * side), inputs[0]!.shape[2], inputs[0]!.shape[3]);
            var apart = mode == "DCR"
                ? inputs[0]!.reshape(n, side, side, c, h, w).permute(0, 3, 4, 1, 5, 2)
                : inputs[0]!.reshape(n, c, side, side, h, w).permute(0, 1, 4, 2, 5, 3);
            return apart.reshape(n, c, h * side, w * side);
        };
    }

    private static OnnxOperator SpaceToDepth(OnnxNode node)
    {
        var side = node.Int("blocksize");
        return inputs =>
        {
            var (n, c, h, w) = (inputs[0]!.shape[0], inputs[0]!.shape[1], inputs[0]!.shape[2] / side, inputs[0]!.shape[3] / side);
            return inputs[0]!.reshape(n, c, h, side, w, side).permute(0, 3, 5, 1, 2, 4).reshape(n, c * side * side, h, w);
        };
    }

    private static OnnxOperator Trilu(OnnxNode node)
    {
        var (upper, diagonal) = (node.Int("upper", 1) != 0, node.Integers(1));
        return inputs => upper ? inputs[0]!.triu(diagonal?.Invoke(inputs)[0] ?? 0) : inputs[0]!.tril(diagonal?.Invoke(inputs)[0] ?? 0);
    }
}
