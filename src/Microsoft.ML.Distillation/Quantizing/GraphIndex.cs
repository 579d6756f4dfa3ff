using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>Who makes and who reads the tensors of a graph, as it is at the time. Nodes are told apart by reference: protobuf's own equality compares contents.</summary>
internal sealed class GraphIndex
{
    private readonly Dictionary<string, NodeProto> _makers = [];
    private readonly Dictionary<string, List<NodeProto>> _readers = [];
    private readonly Dictionary<string, TensorProto> _constants = [];
    private readonly HashSet<string> _outputs;

    public GraphIndex(GraphProto graph)
    {
        foreach (var constant in graph.Initializer)
            _constants.TryAdd(constant.Name, constant);
        foreach (var node in graph.Node)
        {
            foreach (var input in node.Input.Where(name => name.Length > 0))
                (_readers.TryGetValue(input, out var readers) ? readers : _readers[input] = []).Add(node);
            foreach (var output in node.Output)
                _makers[output] = node;
        }
        _outputs = [.. graph.Output.Select(o => o.Name)];
    }

    /// <summary>Null for inputs and initialisers.</summary>
    public NodeProto? Maker(string tensor) => _makers.GetValueOrDefault(tensor);

    /// <summary>A node as often as it reads the tensor.</summary>
    public IReadOnlyList<NodeProto> Readers(string tensor) => _readers.GetValueOrDefault(tensor) ?? [];

    /// <summary>Null for what is no initialiser.</summary>
    public TensorProto? Constant(string tensor) => _constants.GetValueOrDefault(tensor);

    public bool IsOutput(string tensor) => _outputs.Contains(tensor);

    /// <summary>The only node that reads a tensor; null where there are several or none, or it is an output of the graph.</summary>
    public NodeProto? OnlyReader(string tensor) => Readers(tensor) is [var reader] && !IsOutput(tensor) ? reader : null;

    /// <summary>What a node computes from: its inputs but for constants.</summary>
    public IEnumerable<string> Data(NodeProto node) => node.Input.Where(name => name.Length > 0 && !_constants.ContainsKey(name));
}
