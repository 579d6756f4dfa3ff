using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

using static OnnxOperators;

/// <summary>Operators that pick numbers by their places, or put some in places.</summary>
internal static class OnnxPicks
{
    public static readonly IReadOnlyDictionary<string, Func<OnnxNode, OnnxOperator>> All = new Dictionary<string, Func<OnnxNode, OnnxOperator>>(StringComparer.Ordinal)
    {
        ["Slice"] = Slice,
        ["Gather"] = Gather,
        ["GatherElements"] = GatherElements,
        ["GatherND"] = GatherND,
        ["ScatterElements"] = ScatterElements,
        ["ScatterND"] = ScatterND,
    };

    /// <summary>The greatest or smallest numbers along an axis, and their places.</summary>
    public static OnnxManyOperator TopK(OnnxNode node)
    {
        var (axis, largest, sorted) = (node.Int("axis", -1), node.Int("largest", 1) != 0, node.Int("sorted", 1) != 0);
        Func<IReadOnlyList<Tensor?>, long[]> count = node.Has("k") ? _ => [node.Int("k")] : node.Integers(1)!;
        return inputs =>
        {
            var (values, places) = inputs[0]!.topk((int)count(inputs)[0], (int)axis, largest, sorted);
            return [values, places];
        };
    }

    private static OnnxOperator Slice(OnnxNode node)
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

    private static OnnxOperator Gather(OnnxNode node)
    {
        var axis = node.Int("axis");
        if (node.ConstantShape(1) is [] && node.Integer(1) is { } one)
        {
            node.ReadsAhead(1);
            return inputs => inputs[0]!.select(axis, one);
        }
        return inputs =>
        {
            var (x, places) = (inputs[0]!, inputs[1]!);
            var along = Axis(axis, x.dim());
            var found = x.index_select(along, FromFront(places.flatten(), x.shape[along]));
            return found.reshape([.. x.shape[..(int)along], .. places.shape, .. x.shape[((int)along + 1)..]]);
        };
    }

    private static OnnxOperator GatherElements(OnnxNode node)
    {
        var axis = node.Int("axis");
        return inputs => inputs[0]!.gather(axis, FromFront(inputs[1]!, inputs[0]!.shape[Axis(axis, inputs[0]!.dim())]));
    }

    private static OnnxOperator GatherND(OnnxNode node)
    {
        if (node.Int("batch_dims") != 0)
            throw node.Unsupported("batch_dims");
        return inputs =>
        {
            var (x, places) = (inputs[0]!, inputs[1]!);
            var deep = (int)places.shape[^1];
            var rows = x.reshape([-1, .. x.shape[deep..]]);
            return rows.index_select(0, Rows(places, x.shape[..deep])).reshape([.. places.shape[..^1], .. x.shape[deep..]]);
        };
    }

    private static OnnxOperator ScatterElements(OnnxNode node)
    {
        CheckPuts(node);
        var axis = node.Int("axis");
        return inputs => inputs[0]!.scatter(axis, FromFront(inputs[1]!, inputs[0]!.shape[Axis(axis, inputs[0]!.dim())]), inputs[2]!.to(inputs[0]!.dtype));
    }

    private static OnnxOperator ScatterND(OnnxNode node)
    {
        CheckPuts(node);
        return inputs =>
        {
            var (x, places, put) = (inputs[0]!, inputs[1]!, inputs[2]!);
            var deep = (int)places.shape[^1];
            var rest = x.shape[deep..];
            var rows = x.reshape([-1, .. rest]).clone();
            return rows.index_copy_(0, Rows(places, x.shape[..deep]), put.to(x.dtype).reshape([-1, .. rest])).reshape(x.shape);
        };
    }

    private static void CheckPuts(OnnxNode node)
    {
        if (node.Text("reduction", "none") is not "none" and var reduction)
            throw node.Unsupported($"reduction {reduction}");
    }

    /// <summary>Negative places count from the end.</summary>
    private static Tensor FromFront(Tensor places, long size) => places.remainder((Scalar)size);

    /// <summary>Places along several axes, the last axis of a tensor, as places along all of them joined.</summary>
    private static Tensor Rows(Tensor places, long[] sizes)
    {
        var flat = places.reshape(-1, sizes.Length);
        var rows = FromFront(flat.select(1, 0), sizes[0]);
        for (var axis = 1; axis < sizes.Length; axis++)
            rows = rows * sizes[axis] + FromFront(flat.select(1, axis), sizes[axis]);
        return rows;
    }
}
