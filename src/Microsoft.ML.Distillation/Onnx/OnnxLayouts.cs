namespace Microsoft.ML.Distillation.Onnx;

/// <summary>
/// Which axis of a tensor of four holds the channels. ONNX's convolutions, poolings and batch normalisations take and give N×C×H×W by definition, a transposition
/// changes the order, arithmetic keeps that of its operand; where a reshaping breaks the trail, the shape decides: N×C×H×W, unless only N×H×W×C has the image's proportions.
/// </summary>
internal sealed class OnnxLayouts
{
    private static readonly HashSet<string> ChannelsFirstOperators =
    [
        "Conv", "ConvInteger", "ConvTranspose", "QLinearConv", "DeformConv", "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool",
        "BatchNormalization", "InstanceNormalization", "GroupNormalization", "LRN", "DepthToSpace", "SpaceToDepth",
    ];

    private static readonly HashSet<string> ShapeBreakers =
        ["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Einsum", "Gather", "GatherND", "ReduceMean", "ReduceSum", "ReduceMax", "Expand", "Tile", "If", "Loop", "Scan"];

    private readonly Dictionary<string, bool> _channelsLast = [];
    private readonly ImageSize _image;

    public OnnxLayouts(OnnxDataFlow flow, string input, bool channelsLast, ImageSize image)
    {
        (_image, _channelsLast[input]) = (image, channelsLast);
        foreach (var tensor in flow.Tensors)
        {
            if (Layout(tensor.Maker, flow) is { } layout)
                _channelsLast[tensor.Name] = layout;
        }
    }

    /// <param name="shape">The tensor's shape, of four axes.</param>
    public bool ChannelsLast(string tensor, IReadOnlyList<long> shape) => _channelsLast.TryGetValue(tensor, out var known)
        ? known
        : !InProportion(shape[2], shape[3]) && InProportion(shape[1], shape[2]);

    private bool InProportion(long height, long width) => height * _image.Width == width * _image.Height;

    private bool? Layout(NodeProto node, OnnxDataFlow flow)
    {
        if (ShapeBreakers.Contains(node.OpType))
            return null;
        if (ChannelsFirstOperators.Contains(node.OpType) && node.Domain is "" or "ai.onnx")
            return false;
        var known = flow.CarriedInputs(node).Where(_channelsLast.ContainsKey).Select(i => (bool?)_channelsLast[i]).FirstOrDefault();
        return node.OpType == "Transpose" ? Transposed(known, node.Attribute.FirstOrDefault(a => a.Name == "perm")?.Ints) : known;
    }

    private static bool? Transposed(bool? before, IReadOnlyList<long>? axes) => (before, axes) switch
    {
        (_, [0, 1, 2, 3]) => before,
        (false, [0, 2, 3, 1]) => true,
        (true, [0, 3, 1, 2]) => false,
        _ => null,
    };
}
