using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>
/// The residual block of the deeper ResNets: 1×1 down to a quarter of the channels, 3×3, 1×1 back up (He et al., 2015, figure 5 right). The stride is on the
/// 3×3 convolution, as in the frameworks' networks ("v1.5"); the paper has it on the first 1×1.
/// </summary>
internal sealed class Bottleneck : Block
{
    /// <summary>How many times as many channels the block gives as its 3×3 convolution has.</summary>
    public const int Expansion = 4;

    private readonly BlockList _body;
    private readonly ConvNorm? _downsample;

    public Bottleneck(int inputs, int outputs, int stride) : base(nameof(Bottleneck))
    {
        var width = outputs / Expansion;
        _body = new BlockList(new ConvNorm(inputs, width, 1), new ConvNorm(width, width, 3, stride), new ConvNorm(width, outputs, 1, activation: Activation.None));
        register_module("body", _body);
        if (stride == 1 && inputs == outputs)
            return;
        _downsample = new ConvNorm(inputs, outputs, 1, stride, Activation.None);
        register_module("downsample", _downsample);
    }

    public override Activation Last => Activation.Relu;

    public override Tensor forward(Tensor input) => Before(input).relu_();

    public override Tensor Before(Tensor input) => _body.call(input).add_(_downsample is null ? input : _downsample.call(input));

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path)
    {
        var body = _body.WriteOnnx(graph, input, $"{path}.body");
        var shortcut = _downsample?.WriteOnnx(graph, input, $"{path}.downsample") ?? input;
        return graph.Relu(graph.Add(body, shortcut, $"{path}.add"), $"{path}.relu");
    }
}
