using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

using static OnnxOperators;

/// <summary>Operators that make one number of many, or sum them up one after another.</summary>
internal static class OnnxReductions
{
    public static readonly IReadOnlyDictionary<string, Func<OnnxNode, OnnxOperator>> All = new Dictionary<string, Func<OnnxNode, OnnxOperator>>(StringComparer.Ordinal)
    {
        ["GlobalAveragePool"] = _ => x => Wide(x[0]!).mean(Axes(x[0]!, 2), keepdim: true),
        ["GlobalMaxPool"] = _ => x => x[0]!.amax(Axes(x[0]!, 2), keepdim: true),
        ["ReduceMean"] = node => Reduce(node, (x, axes, keep) => Wide(x).mean(axes, keep)),
        ["ReduceSum"] = node => Reduce(node, (x, axes, keep) => Wide(x).sum(axes, keep)),
        ["ReduceMax"] = node => Reduce(node, (x, axes, keep) => x.amax(axes, keep)),
        ["ReduceMin"] = node => Reduce(node, (x, axes, keep) => x.amin(axes, keep)),
        ["ReduceL1"] = node => Reduce(node, (x, axes, keep) => Wide(x).abs().sum(axes, keep)),
        ["ReduceL2"] = node => Reduce(node, Norm),
        ["ReduceProd"] = node => Reduce(node, (x, axes, keep) => OneByOne(x, axes, (product, axis) => product.prod(axis, keep))),
        ["ArgMax"] = node => Place(node, (x, axis, keep) => x.argmax(axis, keep)),
        ["ArgMin"] = node => Place(node, (x, axis, keep) => x.argmin(axis, keep)),
        ["CumSum"] = CumSum,
    };

    private static OnnxOperator Reduce(OnnxNode node, Func<Tensor, long[], bool, Tensor> function)
    {
        var (axes, keeps, leaves) = (node.Integers("axes", 1), node.Int("keepdims", 1) != 0, node.Int("noop_with_empty_axes") != 0);
        return inputs => axes?.Invoke(inputs) is { Length: > 0 } some ? function(inputs[0]!, some, keeps)
            : leaves ? inputs[0]!.alias() : function(inputs[0]!, Axes(inputs[0]!), keeps);
    }

    /// <summary>Of norms along one axis the norm along the next. Where all is zero the gradient is zero, which that of a square root is not.</summary>
    private static Tensor Norm(Tensor x, long[] axes, bool keeps) => OneByOne(Wide(x), axes, (norm, axis) => norm.norm((int)axis, keeps));

    private static Tensor OneByOne(Tensor x, long[] axes, Func<Tensor, long, Tensor> along) => axes.Select(axis => Axis(axis, x.dim())).OrderDescending().Aggregate(x.alias(), along);

    private static OnnxOperator Place(OnnxNode node, Func<Tensor, long, bool, Tensor> function)
    {
        var (axis, keeps) = (node.Int("axis"), node.Int("keepdims", 1) != 0);
        if (node.Int("select_last_index") != 0)
            throw node.Unsupported("the last of several that are equal");
        return x => function(x[0]!, axis, keeps);
    }

    private static OnnxOperator CumSum(OnnxNode node)
    {
        var (axis, excludes, reverses) = (node.Integers(1)!, node.Int("exclusive") != 0, node.Int("reverse") != 0);
        return inputs =>
        {
            var (x, along) = (Wide(inputs[0]!), axis(inputs)[0]);
            var sum = reverses ? x.flip(along).cumsum(along).flip(along) : x.cumsum(along);
            return excludes ? sum - x : sum;
        };
    }
}
