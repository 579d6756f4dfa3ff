using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.OnnxModules;

/// <summary>Which nodes of a graph, gone through in its order, can be computed ahead: they follow from sizes and constants, and are the same for every input of a size.</summary>
/// <param name="constants">What is constant, by name.</param>
/// <param name="learned">Constants that training changes.</param>
internal sealed class OnnxPlan(IReadOnlyDictionary<string, TensorProto> constants, IReadOnlySet<string> learned)
{
    private readonly HashSet<string> _ahead = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ofAnySize = new(StringComparer.Ordinal);

    /// <param name="readAhead">Inputs whose numbers say what is done, by their places.</param>
    public bool IsAhead(NodeProto node, IReadOnlySet<int> readAhead)
    {
        var given = node.Input.Where(name => name.Length > 0).ToList();
        if (given.Any(_ofAnySize.Contains) || node.Input.Where((name, place) => readAhead.Contains(place) && name.Length > 0).Any(name => !IsKnown(name)))
        {
            // How large it is depends on the image itself.
            _ofAnySize.UnionWith(node.Output);
            return false;
        }
        if (!OnnxSizes.LooksAtSizesAlone(node.OpType) && !given.All(IsKnown))
            return false;
        _ahead.UnionWith(node.Output);
        return true;
    }

    private bool IsKnown(string name) => _ahead.Contains(name) || (constants.ContainsKey(name) && !learned.Contains(name));
}
