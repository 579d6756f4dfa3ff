using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>Whether a graph normalises its image by itself, as torchvision's detectors do: it subtracts a colour before its first convolution.</summary>
internal static class OnnxInnerNormalization
{
    /// <returns>How pixels are to be given to such a graph: 0…1, or 0…255 if that is the scale of the colour; null for a graph that doesn't normalise.</returns>
    public static ImageNormalization? Find(OnnxModelFile file, string input)
    {
        var flow = new OnnxDataFlow(file.Model.Graph, input, file.Outputs.Select(o => o.Name));
        foreach (var tensor in flow.Tensors)
        {
            if (tensor.Convolved)
                return null;
            if (tensor.Maker is { OpType: "Sub", Input: [_, var subtracted] } && Colour(file, subtracted) is { Length: 3 } colour)
                return colour.Max() > 1 ? ImageNormalization.Raw : ImageNormalization.ZeroToOne;
        }
        return null;
    }

    private static float[]? Colour(OnnxModelFile file, string name)
    {
        // PyTorch's exporter leaves constants in nodes, reshaped by another one, where it does not fold them.
        for (var steps = 0; steps < 4; steps++)
        {
            if (file.Initializers.TryGetValue(name, out var tensor))
                return Values(tensor, file.Source);
            var node = file.Model.Graph.Node.FirstOrDefault(n => n.Output.Contains(name));
            if (node is null)
                return null;
            if (node.OpType == "Constant")
                return node.Attribute.FirstOrDefault(a => a.Name == "value")?.T is { } value ? Values(value, file.Source) : null;
            if (node.OpType is not ("Reshape" or "Unsqueeze" or "Identity" or "Cast") || node.Input.Count == 0)
                return null;
            name = node.Input[0];
        }
        return null;
    }

    private static float[]? Values(TensorProto tensor, string source) =>
        (OnnxElementType)tensor.DataType is OnnxElementType.Float or OnnxElementType.Float16 or OnnxElementType.Double && tensor.ElementCount() == 3 ? tensor.ToFloats(source) : null;
}
