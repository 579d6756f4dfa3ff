using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>
/// The unit of ShuffleNet: grouped 1×1 down to a quarter, shuffle, depthwise 3×3, grouped 1×1 up; the input is added, or at stride 2 set beside it,
/// averaged 3×3 (Zhang et al., 2017, figure 2). Unlike the paper, but like RepDistiller's network, a ReLU follows the depthwise convolution.
/// </summary>
internal sealed class ShuffleBlockV1 : Block
{
    private readonly ConvNorm _reduce;
    private readonly ConvNorm _depthwise;
    private readonly ConvNorm _expand;
    private readonly bool _strided;
    private readonly (int Channels, int Groups) _shuffle;

    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out, the input's among them at stride 2.</param>
    /// <param name="stride">1, which needs as many outputs as inputs, or 2.</param>
    /// <param name="firstGroups">Groups of the first convolution and of the shuffle.</param>
    /// <param name="groups">Groups of the last convolution.</param>
    public ShuffleBlockV1(int inputs, int outputs, int stride, int firstGroups, int groups) : base(nameof(ShuffleBlockV1))
    {
        _strided = stride > 1;
        var own = _strided ? outputs - inputs : outputs;
        var middle = own / 4;
        _shuffle = (middle, firstGroups);
        _reduce = new ConvNorm(inputs, middle, 1, groups: firstGroups);
        _depthwise = new ConvNorm(middle, middle, 3, stride, groups: middle);
        _expand = new ConvNorm(middle, own, 1, activation: Activation.None, groups: groups);
        register_module("reduce", _reduce);
        register_module("depthwise", _depthwise);
        register_module("expand", _expand);
    }

    public override Activation Last => Activation.Relu;

    public override Tensor forward(Tensor input) => Before(input).relu_();

    public override Tensor Before(Tensor input)
    {
        var own = _expand.call(_depthwise.call(ChannelShuffle.Apply(_reduce.call(input), _shuffle.Groups)));
        return _strided ? cat([own, nn.functional.avg_pool2d(input, [3, 3], [2, 2], [1, 1])], 1) : own.add_(input);
    }

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path)
    {
        var shuffled = ChannelShuffle.WriteOnnx(graph, _reduce.WriteOnnx(graph, input, $"{path}.reduce"), _shuffle.Channels, _shuffle.Groups, $"{path}.shuffle");
        var own = _expand.WriteOnnx(graph, _depthwise.WriteOnnx(graph, shuffled, $"{path}.depthwise"), $"{path}.expand");
        var joined = _strided
            ? graph.Concat([own, graph.AveragePool(input, [3, 3], [2, 2], OnnxOps.Pads(1, 1), name: $"{path}.pool")], axis: 1, $"{path}.concat")
            : graph.Add(own, input, $"{path}.add");
        return graph.Relu(joined, $"{path}.relu");
    }
}
