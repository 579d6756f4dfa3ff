using System.Buffers.Binary;
using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>
/// Writes a folded float model with the layers, and what lies between them, in 16-bit floats, and a <c>Cast</c> wherever numbers pass from one width to the other. What is ahead of the first
/// layer and behind the last (normalisation, softmax, boxes) stays in 32 bits. The 16-bit form of tensor x is called <c>x.half</c>.
/// </summary>
internal sealed class Float16Conversion
{
    private readonly OnnxModelFile _file;
    private readonly ModelProto _model;
    private readonly GraphIndex _index;
    private readonly HashSet<NodeProto> _half;
    private readonly HashSet<string> _halved = [];
    private readonly List<NodeProto> _nodes = [];

    private Float16Conversion(OnnxModelFile file)
    {
        (_file, _model) = (file, file.Model.Clone());
        _index = new GraphIndex(_model.Graph);
        var order = new LayerOrder(_model.Graph, _index);
        Layers = order.Layers.Count;
        _half = new(_model.Graph.Node.Where(order.IsWithin), ReferenceEqualityComparer.Instance);
    }

    private int Layers { get; }

    public static (ModelProto Model, int Layers) Convert(OnnxModelFile file)
    {
        var conversion = new Float16Conversion(file);
        var model = conversion._model;
        // Whether numbers must be had in 32 bits too is asked of the graph as it was.
        var wide = model.Graph.Node.Where(conversion._half.Contains).SelectMany(n => n.Output)
            .Where(o => conversion._index.IsOutput(o) || conversion._index.Readers(o).Any(reader => !conversion._half.Contains(reader))).ToHashSet();
        foreach (var node in model.Graph.Node)
            conversion.Write(node, wide);
        model.Graph.Node.Clear();
        model.Graph.Node.AddRange(conversion._nodes);
        return (model.RemoveUnused(), conversion.Layers);
    }

    private void Write(NodeProto node, HashSet<string> wide)
    {
        if (!_half.Contains(node))
        {
            _nodes.Add(node);
            return;
        }
        for (var i = 0; i < node.Input.Count; i++)
        {
            // Resize takes its scales in 32 bits whatever it resizes.
            if (node.Input[i].Length > 0 && (node.OpType != "Resize" || i == 0))
                node.Input[i] = Half(node.Input[i]);
        }
        _nodes.Add(node);
        for (var i = 0; i < node.Output.Count; i++)
        {
            var name = node.Output[i];
            node.Output[i] = $"{name}.half";
            _halved.Add(name);
            if (wide.Contains(name))
                AddCast($"{name}.half", name, OnnxElementType.Float);
        }
    }

    private string Half(string name)
    {
        var constant = _index.Constant(name);
        if (constant is not null && (OnnxElementType)constant.DataType != OnnxElementType.Float)
            return name;
        var half = $"{name}.half";
        if (!_halved.Add(name))
            return half;
        if (constant is null)
            AddCast(name, half, OnnxElementType.Float16);
        else
            _model.Graph.Initializer.Add(OnnxTensors.Create(half, OnnxElementType.Float16, Bytes(_file.ReadFloats(name)), [.. constant.Dims]));
        return half;
    }

    private void AddCast(string from, string to, OnnxElementType type) =>
        _nodes.Add(new NodeProto { Name = $"{to}.cast", OpType = "Cast", Input = { from }, Output = { to }, Attribute = { OnnxAttribute.Int("to", (long)type) } });

    private static byte[] Bytes(float[] values)
    {
        var bytes = new byte[values.Length * sizeof(ushort)];
        for (var i = 0; i < values.Length; i++)
        {
            // Beyond the greatest 16-bit number there is only infinity, which would make all that follows no number.
            var value = Math.Clamp(values[i], (float)System.Half.MinValue, (float)System.Half.MaxValue);
            BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(i * sizeof(ushort)), (System.Half)value);
        }
        return bytes;
    }
}
