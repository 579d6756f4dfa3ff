using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>
/// Which layers of a graph are computed in integers, and which tensors take 8 bits for that: what the layers read and make, and, of nodes between them, what those read and make whose
/// results are wanted in 8 bits anyway. A ReLU or a Clip that alone reads a result is no stop on the way: ONNX Runtime leaves it to the range of the 8 bits. What a Concat puts together has
/// the scale of the whole, so that it is copied and not computed anew.
/// </summary>
internal sealed class QuantizationPlan
{
    // What ONNX Runtime has integer kernels for; the others only move numbers, which keep their scale.
    private static readonly HashSet<string> _computing = ["Add", "Mul", "Concat", "AveragePool", "GlobalAveragePool", "Sigmoid"];
    private static readonly HashSet<string> _moving = ["MaxPool", "Flatten", "Reshape", "Transpose", "Slice", "Gather", "Resize"];
    private static readonly HashSet<string> _activating = ["Relu", "Clip"];

    // Products behind each value that an early layer gives: with fewer of them, what 8 bits gain is less than they lose on a SiLU, a Sigmoid and a Mul there and a single pass in floats.
    private const int LeastProducts = 256;

    private readonly GraphIndex _index;
    private readonly HashSet<string> _tensors = [];
    private readonly HashSet<string> _copies = [];
    private readonly Dictionary<string, string> _sharing = [];
    private readonly HashSet<NodeProto> _layers;

    public QuantizationPlan(GraphProto graph, bool keepFirstAndLast)
    {
        _index = new GraphIndex(graph);
        var order = new LayerOrder(graph, _index);
        AllLayers = order.Layers.Count;
        _layers = new(order.Layers.Where(l => !keepFirstAndLast || !(order.IsFirst(l) || order.IsLast(l) || (order.IsSecond(l) && IsThin(l)))), ReferenceEqualityComparer.Instance);
        Layers = [.. order.Layers.Where(_layers.Contains)];
        foreach (var node in graph.Node.Reverse())
            Visit(node);
    }

    /// <summary>Layers with weights.</summary>
    public int AllLayers { get; }

    /// <summary>Those of them that are quantised, in the order of the graph.</summary>
    public IReadOnlyList<NodeProto> Layers { get; }

    /// <summary>Tensors that take 8 bits.</summary>
    public IReadOnlySet<string> Tensors => _tensors;

    /// <summary>Those of them that have ranges of their own.</summary>
    public IReadOnlyList<string> Origins => [.. _tensors.Select(Origin).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Those of them that are to be rounded: the others hold numbers of theirs, in other places.</summary>
    public IEnumerable<string> Rounded => _tensors.Where(t => !_copies.Contains(t));

    /// <summary>The tensor whose range a tensor has: another one, where it holds the other's numbers in other places, or is a part of it.</summary>
    public string Origin(string tensor)
    {
        while (_sharing.TryGetValue(tensor, out var other))
            tensor = other;
        return tensor;
    }

    /// <summary>The greatest value a tensor can have because a Clip from 0 makes it; null where there is none.</summary>
    public float? Ceiling(string tensor, OnnxModelFile file) =>
        _index.Maker(tensor) is { OpType: "Clip", Input: [_, var low, var high] } && low.Length > 0 && high.Length > 0 && file.ReadFloats(low)[0] == 0 ? file.ReadFloats(high)[0] : null;

    /// <summary>s and z of every tensor that takes 8 bits, from the ranges of those that ranges are observed of.</summary>
    public IReadOnlyDictionary<string, (float Scale, byte ZeroPoint)> Parameters(IReadOnlyDictionary<string, ActivationRange> ranges, OnnxModelFile file) =>
        _tensors.ToDictionary(tensor => tensor, tensor => ranges[Origin(tensor)].Parameters(Ceiling(Origin(tensor), file)));

    /// <summary>The axis of a layer's output channels in its weights. Conv: that of its kernels. A matrix has its outputs down where Gemm turns it, else across.</summary>
    public static int Axis(NodeProto layer) => layer.OpType switch
    {
        "Conv" => 0,
        "Gemm" => layer.Attribute.FirstOrDefault(a => a.Name == "transB")?.I == 1 ? 0 : 1,
        _ => 1,
    };

    private void Visit(NodeProto node)
    {
        var result = Result(node.Output[0]);
        if (_layers.Contains(node))
        {
            _tensors.Add(node.Input[0]);
            // A product's sums may stay floats; a convolution without integers on both sides is none in integers.
            if (node.OpType == "Conv" && !_index.IsOutput(result))
                _tensors.Add(result);
            return;
        }
        if (!_tensors.Contains(result))
            return;
        if (_computing.Contains(node.OpType) && _index.Data(node).Count() == node.Input.Count)
        {
            _tensors.UnionWith(node.Input);
            if (node.OpType == "Concat" && result == node.Output[0])
                Join(node);
        }
        else if (_moving.Contains(node.OpType) && !IsSmooth(node))
        {
            _tensors.Add(node.Input[0]);
            Move(node.Input[0], node.Output[0]);
        }
    }

    private void Join(NodeProto concat)
    {
        foreach (var part in concat.Input.Where(IsWhole))
            _sharing.TryAdd(part, concat.Output[0]);
    }

    private void Move(string from, string to)
    {
        _copies.Add(to);
        // A part of a whole that was made from another tensor takes that along, unless it is a part of something else already.
        if (!_sharing.ContainsKey(to) || !_sharing.TryAdd(from, to))
            _sharing[to] = from;
    }

    /// <summary>Whether all of a tensor may take another range than its own: after an activation, that range stands for it.</summary>
    private bool IsWhole(string tensor)
    {
        while (_index.Maker(tensor) is { OpType: "MaxPool" or "Resize" or "Flatten" or "Reshape" or "Transpose" } mover)
            tensor = mover.Input[0];
        return _index.Maker(tensor) is { } maker && !_activating.Contains(maker.OpType) && !_moving.Contains(maker.OpType);
    }

    /// <summary>Whether a SiLU follows, and few products are behind each of its values.</summary>
    private bool IsThin(NodeProto layer) =>
        layer.OpType == "Conv" && _index.Constant(layer.Input[1])!.Dims.Skip(1).Aggregate(1L, (a, b) => a * b) < LeastProducts
        && _index.Readers(layer.Output[0]).Select(reader => reader.OpType).Order(StringComparer.Ordinal).SequenceEqual(["Mul", "Sigmoid"]);

    /// <summary>The tensor that stands for a node's output: that after its activation, where nothing else reads it.</summary>
    private string Result(string output) => _index.OnlyReader(output) is { } reader && _activating.Contains(reader.OpType) && !IsMoved(output) ? reader.Output[0] : output;

    private bool IsMoved(string tensor) => _moving.Contains(_index.Maker(tensor)!.OpType);

    private static bool IsSmooth(NodeProto node) => node.OpType == "Resize" && node.Attribute.FirstOrDefault(a => a.Name == "mode")?.S.ToStringUtf8() is not (null or "nearest");
}
