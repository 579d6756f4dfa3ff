using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>One row of a mobile network's table.</summary>
/// <param name="Kernel">Width of the depthwise convolution.</param>
/// <param name="Hidden">Channels of the depthwise convolution.</param>
/// <param name="Outputs">Channels of the block.</param>
/// <param name="Stride">Stride of the depthwise convolution.</param>
/// <param name="Activation">After the first two convolutions.</param>
/// <param name="Expands">Whether a 1×1 convolution leads to the hidden channels; else they are the input's.</param>
/// <param name="Squeezed">Channels inside a squeeze-and-excitation after the depthwise convolution; 0 for none.</param>
internal sealed record MobileRow(int Kernel, int Hidden, int Outputs, int Stride, Activation Activation, bool Expands, int Squeezed = 0);

/// <summary>
/// The block of MobileNetV2 and its successors: 1×1 up, depthwise, 1×1 down to few channels without an activation; the input is added where the shape is
/// kept (Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018, https://arxiv.org/abs/1801.04381).
/// </summary>
internal sealed class InvertedResidual : Block
{
    private readonly BlockList _body;
    private readonly bool _adds;

    public InvertedResidual(int inputs, MobileRow row, double epsilon) : base(nameof(InvertedResidual))
    {
        var blocks = new List<Block>();
        if (row.Expands)
            blocks.Add(new ConvNorm(inputs, row.Hidden, 1, activation: row.Activation, epsilon: epsilon));
        blocks.Add(new ConvNorm(row.Hidden, row.Hidden, row.Kernel, row.Stride, row.Activation, groups: row.Hidden, epsilon: epsilon));
        if (row.Squeezed > 0)
            blocks.Add(new SqueezeExcite(row.Hidden, row.Squeezed));
        blocks.Add(new ConvNorm(row.Hidden, row.Outputs, 1, activation: Activation.None, epsilon: epsilon));
        _adds = row.Stride == 1 && inputs == row.Outputs;
        _body = new BlockList([.. blocks]);
        register_module("body", _body);
    }

    public override Tensor forward(Tensor input) => _adds ? _body.call(input).add_(input) : _body.call(input);

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path)
    {
        var body = _body.WriteOnnx(graph, input, $"{path}.body");
        return _adds ? graph.Add(body, input, $"{path}.add") : body;
    }
}
