using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>The layers with weights of a graph, and what lies between them.</summary>
internal sealed class LayerOrder
{
    private readonly HashSet<NodeProto> _layers = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<NodeProto> _after = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<NodeProto> _deep = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<NodeProto> _before = new(ReferenceEqualityComparer.Instance);

    public LayerOrder(GraphProto graph, GraphIndex index)
    {
        _layers.UnionWith(graph.Node.Where(node => IsLayer(node, index)));
        foreach (var node in graph.Node)
        {
            List<NodeProto> makers = [.. index.Data(node).Select(index.Maker).OfType<NodeProto>()];
            if (makers.Any(maker => IsLayer(maker) || _after.Contains(maker)))
                _after.Add(node);
            if (makers.Any(maker => (IsLayer(maker) && !IsFirst(maker)) || _deep.Contains(maker)))
                _deep.Add(node);
        }
        foreach (var node in graph.Node.Reverse())
        {
            if (node.Output.SelectMany(index.Readers).Any(reader => IsLayer(reader) || _before.Contains(reader)))
                _before.Add(node);
        }
        Layers = [.. graph.Node.Where(IsLayer)];
    }

    /// <summary>Convolutions and products with a constant matrix, in the order of the graph.</summary>
    public IReadOnlyList<NodeProto> Layers { get; }

    public bool IsLayer(NodeProto node) => _layers.Contains(node);

    /// <summary>No layer is ahead of it.</summary>
    public bool IsFirst(NodeProto layer) => !_after.Contains(layer);

    /// <summary>First layers are ahead of it, and no others.</summary>
    public bool IsSecond(NodeProto layer) => !IsFirst(layer) && !_deep.Contains(layer);

    /// <summary>No layer follows it.</summary>
    public bool IsLast(NodeProto layer) => !_before.Contains(layer);

    /// <summary>Whether a node is a layer, or lies on a way from one to another.</summary>
    public bool IsWithin(NodeProto node) => IsLayer(node) || (_after.Contains(node) && _before.Contains(node));

    private static bool IsLayer(NodeProto node, GraphIndex index) => node.OpType switch
    {
        "Conv" => HasConstantParameters(node, index),
        "Gemm" => HasConstantParameters(node, index) && index.Constant(node.Input[1])!.Dims.Count == 2
            && (node.Input.Count < 3 || index.Constant(node.Input[2])!.Dims.Count == 1)
            && node.Attribute.All(a => a.Name switch { "alpha" or "beta" => a.F == 1, "transA" => a.I == 0, _ => true }),
        "MatMul" => index.Constant(node.Input[1]) is { Dims.Count: 2 } && index.Constant(node.Input[0]) is null,
        _ => false,
    };

    private static bool HasConstantParameters(NodeProto node, GraphIndex index) => index.Constant(node.Input[0]) is null && node.Input.Skip(1).All(p => index.Constant(p) is not null);
}
