using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.OnnxModules;

/// <summary>The nodes of a file that can't be executed as TorchSharp operators.</summary>
internal sealed class OnnxUnsupported
{
    private const int Named = 3;
    private readonly SortedDictionary<string, List<string>> _nodes = new(StringComparer.Ordinal);

    /// <param name="what">The operator, and in which form where others are known.</param>
    public void Add(NodeProto node, string what)
    {
        if (!_nodes.TryGetValue(what, out var nodes))
            _nodes.Add(what, nodes = []);
        nodes.Add(OnnxNode.NameOf(node));
    }

    /// <exception cref="NotSupportedException">There are some; the message names them all, or the first ones of an operator.</exception>
    public void ThrowIfAny(string source)
    {
        if (_nodes.Count == 0)
            return;
        var one = _nodes is { Count: 1 } && _nodes.Values.First().Count == 1;
        throw new NotSupportedException($"{source} can't be executed as TorchSharp operators: {string.Join("; ", _nodes.Select(nodes => Describe(nodes.Key, nodes.Value)))} {(one ? "isn't" : "aren't")} supported. "
            + "Run it in ONNX Runtime, which gives no gradients, or export it without.");
    }

    private static string Describe(string what, List<string> nodes)
    {
        var rest = nodes.Count > Named ? $" and {nodes.Count - Named} more" : "";
        return $"node{(nodes.Count > 1 ? "s" : "")} {string.Join(", ", nodes.Take(Named))}{rest} ({what})";
    }
}
