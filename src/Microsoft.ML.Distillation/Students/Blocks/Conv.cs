using Microsoft.ML.Distillation.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>A 2-d convolution without bias (a BatchNorm follows every one), padded to keep the size at stride 1.</summary>
internal sealed class Conv : Block
{
    private readonly long[] _stride;
    private readonly long[] _padding;

    public Conv(int inputs, int outputs, int kernel, int stride) : base(nameof(Conv))
    {
        _stride = [stride, stride];
        _padding = [kernel / 2, kernel / 2];
        register_parameter("weight", new Parameter(zeros([outputs, inputs, kernel, kernel])));
    }

    public override Tensor forward(Tensor input) => nn.functional.conv2d(input, get_parameter("weight"), strides: _stride, padding: _padding);

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path)
    {
        var weight = graph.AddInitializer($"{path}.weight", get_parameter("weight"));
        return graph.Conv(input, weight, bias: null, strides: _stride, pads: [.. _padding, .. _padding], name: path);
    }
}
