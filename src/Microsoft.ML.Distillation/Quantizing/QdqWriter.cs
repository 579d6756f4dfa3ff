using System.Buffers.Binary;
using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>
/// Writes a folded float model in 8 bits, in QDQ form: after each tensor of the plan a <c>QuantizeLinear</c>, before each node that reads it a <c>DequantizeLinear</c> of its own, and
/// weights and biases as integers with a <c>DequantizeLinear</c> each.
/// </summary>
internal sealed class QdqWriter
{
    private readonly OnnxModelFile _file;
    private readonly int _limit;
    private readonly ModelProto _model;
    private readonly List<NodeProto> _nodes = [];
    private readonly IReadOnlyDictionary<string, (float Scale, byte ZeroPoint)> _parameters;
    private readonly Dictionary<string, QuantizedWeights> _weights = [];
    private readonly Dictionary<NodeProto, string> _layers;
    private readonly HashSet<string> _written = [];
    private int _restored;

    private QdqWriter(OnnxModelFile file, QuantizationPlan plan, IReadOnlyDictionary<string, (float Scale, byte ZeroPoint)> parameters, int limit)
    {
        (_file, _parameters, _limit, _model) = (file, parameters, limit, file.Model.Clone());
        // The plan's nodes are the file's, those written are copies.
        var names = plan.Layers.Select(layer => layer.Output[0]).ToHashSet();
        _layers = new(ReferenceEqualityComparer.Instance);
        foreach (var layer in _model.Graph.Node.Where(n => names.Contains(n.Output[0])))
            _layers.Add(layer, layer.Input[1]);
    }

    /// <param name="parameters">s and z of every tensor of the plan.</param>
    /// <param name="limit">The greatest weight in integers.</param>
    public static ModelProto Write(OnnxModelFile file, QuantizationPlan plan, IReadOnlyDictionary<string, (float Scale, byte ZeroPoint)> parameters, int limit)
    {
        var writer = new QdqWriter(file, plan, parameters, limit);
        foreach (var layers in writer._layers.GroupBy(l => l.Value))
            writer._weights.Add(layers.Key, writer.Quantize(layers.Key, [.. layers.Select(l => l.Key)]));
        writer.Quantize(file.Inputs[0].Name);
        foreach (var node in writer._model.Graph.Node)
            writer.Write(node);
        writer._model.Graph.Node.Clear();
        writer._model.Graph.Node.AddRange(writer._nodes);
        return writer._model.RemoveUnused();
    }

    private void Write(NodeProto node)
    {
        if (_layers.ContainsKey(node))
        {
            var inputScale = _parameters[node.Input[0]].Scale;
            var weight = node.Input[1];
            if (node.Input.Count > 2)
                node.Input[2] = Bias(node.Input[2], weight, inputScale);
            node.Input[1] = Weight(weight, QuantizationPlan.Axis(node));
        }
        for (var i = 0; i < node.Input.Count; i++)
        {
            if (_parameters.ContainsKey(node.Input[i]))
                node.Input[i] = Restore(node.Input[i]);
        }
        _nodes.Add(node);
        foreach (var output in node.Output)
            Quantize(output);
    }

    private QuantizedWeights Quantize(string weight, IReadOnlyList<NodeProto> layers) => QuantizedWeights.Of(
        _file.ReadFloats(weight), _file.ReadShape(weight), QuantizationPlan.Axis(layers[0]), _limit,
        [.. layers.Where(l => l.Input.Count > 2).Select(l => (_file.ReadFloats(l.Input[2]), _parameters[l.Input[0]].Scale))]);

    private void Quantize(string tensor)
    {
        if (!_parameters.TryGetValue(tensor, out var parameters))
            return;
        Floats($"{tensor}.scale", [parameters.Scale], []);
        Integers($"{tensor}.zero", OnnxElementType.UInt8, [parameters.ZeroPoint], []);
        AddNode("QuantizeLinear", $"{tensor}.quantised", [tensor, $"{tensor}.scale", $"{tensor}.zero"]);
    }

    private string Restore(string tensor) =>
        AddNode("DequantizeLinear", $"{tensor}.restored{_restored++}", [$"{tensor}.quantised", $"{tensor}.scale", $"{tensor}.zero"]);

    private string Weight(string name, int axis)
    {
        if (!_written.Add(name))
            return $"{name}.restored";
        var weights = _weights[name];
        Floats($"{name}.scale", weights.Scales, [weights.Scales.Length]);
        Integers($"{name}.zero", OnnxElementType.Int8, new byte[weights.Scales.Length], [weights.Scales.Length]);
        Integers($"{name}.quantised", OnnxElementType.Int8, Array.ConvertAll(weights.Values, v => (byte)v), _file.ReadShape(name));
        return AddNode("DequantizeLinear", $"{name}.restored", [$"{name}.quantised", $"{name}.scale", $"{name}.zero"], axis);
    }

    /// <summary>A bias has the scale of a layer's input in it: each layer has its own.</summary>
    private string Bias(string name, string weight, float inputScale)
    {
        var own = $"{name}.{_restored++}";
        var (values, scales) = _weights[weight].Bias(_file.ReadFloats(name), inputScale);
        var bytes = new byte[values.Length * sizeof(int)];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * sizeof(int)), values[i]);
        Floats($"{own}.scale", scales, [scales.Length]);
        Integers($"{own}.zero", OnnxElementType.Int32, new byte[bytes.Length], [values.Length]);
        Integers($"{own}.quantised", OnnxElementType.Int32, bytes, [values.Length]);
        return AddNode("DequantizeLinear", $"{own}.restored", [$"{own}.quantised", $"{own}.scale", $"{own}.zero"], axis: 0);
    }

    private string AddNode(string type, string output, string[] inputs, int? axis = null)
    {
        var node = new NodeProto { Name = output, OpType = type, Input = { inputs }, Output = { output } };
        if (axis is { } channels)
            node.Attribute.Add(OnnxAttribute.Int("axis", channels));
        _nodes.Add(node);
        return output;
    }

    private void Floats(string name, float[] values, long[] shape) => _model.Graph.Initializer.Add(OnnxTensors.Create(name, values, shape));

    private void Integers(string name, OnnxElementType type, byte[] bytes, long[] shape) => _model.Graph.Initializer.Add(OnnxTensors.Create(name, type, bytes, shape));
}
