using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>
/// The unit of ShuffleNetV2 that halves the size: two branches see all channels and each gives half of the outputs, shuffled together
/// (Ma et al., 2018, figure 3d).
/// </summary>
internal sealed class ShuffleDownBlockV2 : Block
{
    private readonly int _outputs;
    private readonly BlockList _left;
    private readonly BlockList _right;

    public ShuffleDownBlockV2(int inputs, int outputs) : base(nameof(ShuffleDownBlockV2))
    {
        _outputs = outputs;
        var half = outputs / 2;
        _left = new BlockList(new ConvNorm(inputs, inputs, 3, 2, Activation.None, groups: inputs), new ConvNorm(inputs, half, 1));
        _right = new BlockList(
            new ConvNorm(inputs, half, 1), new ConvNorm(half, half, 3, 2, Activation.None, groups: half), new ConvNorm(half, half, 1));
        register_module("left", _left);
        register_module("right", _right);
    }

    public override Activation Last => Activation.Relu;

    public override Tensor forward(Tensor input) => ChannelShuffle.Apply(cat([_left.call(input), _right.call(input)], 1), 2);

    public override Tensor Before(Tensor input) => ChannelShuffle.Apply(cat([_left.Before(input), _right.Before(input)], 1), 2);

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path)
    {
        var joined = graph.Concat([_left.WriteOnnx(graph, input, $"{path}.left"), _right.WriteOnnx(graph, input, $"{path}.right")], axis: 1, $"{path}.concat");
        return ChannelShuffle.WriteOnnx(graph, joined, _outputs, 2, $"{path}.shuffle");
    }
}
