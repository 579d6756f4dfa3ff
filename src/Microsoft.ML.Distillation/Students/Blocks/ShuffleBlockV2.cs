using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>
/// The unit of ShuffleNetV2 at stride 1: half of the channels pass 1×1, depthwise 3×3, 1×1, the other half stays, and both are shuffled together
/// (Ma et al., 2018, figure 3c). What it is given must have come through a ReLU.
/// </summary>
internal sealed class ShuffleBlockV2 : Block
{
    private readonly int _half;
    private readonly BlockList _body;

    public ShuffleBlockV2(int channels) : base(nameof(ShuffleBlockV2))
    {
        _half = channels / 2;
        _body = new BlockList(
            new ConvNorm(_half, _half, 1), new ConvNorm(_half, _half, 3, activation: Activation.None, groups: _half), new ConvNorm(_half, _half, 1));
        register_module("body", _body);
    }

    public override Activation Last => Activation.Relu;

    public override Tensor forward(Tensor input) => Join(input, _body.call(Right(input)));

    /// <remarks>The half that stays was never negative, so that a ReLU of the whole is what <see cref="forward"/> gives.</remarks>
    public override Tensor Before(Tensor input) => Join(input, _body.Before(Right(input)));

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path)
    {
        var left = graph.Slice(input, [0], [_half], axes: [1], name: $"{path}.left");
        var right = _body.WriteOnnx(graph, graph.Slice(input, [_half], [2 * _half], axes: [1], name: $"{path}.right"), $"{path}.body");
        return ChannelShuffle.WriteOnnx(graph, graph.Concat([left, right], axis: 1, $"{path}.concat"), 2 * _half, 2, $"{path}.shuffle");
    }

    private Tensor Right(Tensor input) => input.narrow(1, _half, _half);

    private Tensor Join(Tensor input, Tensor right) => ChannelShuffle.Apply(cat([input.narrow(1, 0, _half), right], 1), 2);
}
