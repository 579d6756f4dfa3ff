namespace Microsoft.ML.Distillation.Onnx;

/// <summary>
/// How an input's data runs through a graph to its results. Nodes stand in an order in which each reads what earlier ones made (ONNX demands it); sizes taken of a tensor
/// (<c>Shape</c>, <c>Size</c>) are no data of it.
/// </summary>
internal sealed class OnnxDataFlow
{
    private readonly Dictionary<string, NodeProto> _makers = [];
    private readonly HashSet<string> _carried;
    private readonly HashSet<string> _used;
    private readonly List<NodeProto> _nodes = [];

    /// <param name="results">Where the data should arrive; whatever leads elsewhere is left out.</param>
    public OnnxDataFlow(GraphProto graph, string input, IEnumerable<string> results)
    {
        _carried = [input];
        var carriers = graph.Node.Where(Carries).ToList();
        _used = [.. results.Where(_carried.Contains)];
        foreach (var node in Enumerable.Reverse(carriers).Where(n => n.Output.Any(_used.Contains)))
        {
            _used.UnionWith(CarriedInputs(node));
            _nodes.Add(node);
        }
        _nodes.Reverse();
        Tensors = FindTensors(input);
    }

    /// <summary>Every tensor on the way that a node makes, in the order of the nodes.</summary>
    public IReadOnlyList<OnnxFlowTensor> Tensors { get; }

    /// <summary>The node that makes a tensor on the way; null for the input, and for tensors elsewhere.</summary>
    public NodeProto? Maker(string tensor) => _makers.GetValueOrDefault(tensor);

    /// <summary>The tensors a node reads that hold data of the input, in the node's order.</summary>
    public IEnumerable<string> CarriedInputs(NodeProto node) => Reads(node).Where(_carried.Contains).Distinct();

    private bool Carries(NodeProto node)
    {
        if (node.OpType is "Shape" or "Size" || !Reads(node).Any(_carried.Contains))
            return false;
        foreach (var output in node.Output.Where(o => o.Length > 0 && _carried.Add(o)))
            _makers.Add(output, node);
        return true;
    }

    /// <summary>A node's inputs, and for branches and loops those of the nodes within.</summary>
    private static IEnumerable<string> Reads(NodeProto node)
    {
        var graphs = node.Attribute.SelectMany(a => a.G is null ? a.Graphs : a.Graphs.Prepend(a.G));
        return node.Input.Concat(graphs.SelectMany(g => g.Node).SelectMany(Reads)).Where(name => name.Length > 0);
    }

    private List<OnnxFlowTensor> FindTensors(string input)
    {
        var lastReader = new Dictionary<string, NodeProto>();
        foreach (var node in _nodes)
        {
            foreach (var name in CarriedInputs(node))
                lastReader[name] = node;
        }
        var tensors = new List<OnnxFlowTensor>();
        var open = new HashSet<string> { input }; // made by now, and read later
        var convolved = new HashSet<string>();
        foreach (var node in _nodes)
        {
            var inputs = CarriedInputs(node).ToList();
            open.ExceptWith(inputs.Where(i => lastReader[i] == node));
            var outputs = node.Output.Where(_used.Contains).ToList();
            open.UnionWith(outputs.Where(lastReader.ContainsKey));
            if (node.OpType.Contains("Conv", StringComparison.Ordinal) || inputs.Any(convolved.Contains))
                convolved.UnionWith(outputs);
            tensors.AddRange(outputs.Select(o => new OnnxFlowTensor(o, node, open.All(t => t == o), convolved.Contains(o))));
        }
        return tensors;
    }
}

/// <summary>A tensor on the way from a graph's input to its results.</summary>
/// <param name="Bottleneck">Every path runs through it: nothing that is read later bypasses it.</param>
/// <param name="Convolved">At least one convolution lies before it.</param>
internal sealed record OnnxFlowTensor(string Name, NodeProto Maker, bool Bottleneck, bool Convolved);
