using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>
/// Weighs each channel by what all of them are on average: x · hardsigmoid(W₂ relu(W₁ mean(x))) (Hu et al., "Squeeze-and-excitation networks", 2017,
/// https://arxiv.org/abs/1709.01507, with the hard sigmoid of MobileNetV3).
/// </summary>
internal sealed class SqueezeExcite : Block
{
    private readonly Conv _reduce;
    private readonly Conv _expand;

    public SqueezeExcite(int channels, int squeezed) : base(nameof(SqueezeExcite))
    {
        _reduce = new Conv(channels, squeezed, 1, 1, bias: true);
        _expand = new Conv(squeezed, channels, 1, 1, bias: true);
        register_module("reduce", _reduce);
        register_module("expand", _expand);
    }

    public override Tensor forward(Tensor input) =>
        input * _expand.call(_reduce.call(input.mean([2, 3], keepdim: true)).relu_()).hardsigmoid();

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path)
    {
        var squeezed = graph.Relu(_reduce.WriteOnnx(graph, graph.GlobalAveragePool(input, $"{path}.pool"), $"{path}.reduce"), $"{path}.relu");
        return graph.Mul(input, graph.HardSigmoid(_expand.WriteOnnx(graph, squeezed, $"{path}.expand"), $"{path}.gate"), $"{path}.scaled");
    }
}
