using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>
/// The residual block of the shallower ResNets: two 3×3 convolutions, and a 1×1 convolution on the short cut where the shape changes
/// (He et al., "Deep residual learning for image recognition", 2015, with option B's projection short cuts as in RepDistiller).
/// </summary>
internal sealed class BasicBlock : Block, INormalized
{
    private readonly Conv _conv1;
    private readonly BatchNorm _bn1;
    private readonly Conv _conv2;
    private readonly BatchNorm _bn2;
    private readonly BlockList? _downsample;

    public BasicBlock(int inputs, int outputs, int stride) : base(nameof(BasicBlock))
    {
        _conv1 = new Conv(inputs, outputs, 3, stride);
        _bn1 = new BatchNorm(outputs);
        _conv2 = new Conv(outputs, outputs, 3, 1);
        _bn2 = new BatchNorm(outputs);
        register_module("conv1", _conv1);
        register_module("bn1", _bn1);
        register_module("conv2", _conv2);
        register_module("bn2", _bn2);
        if (stride == 1 && inputs == outputs)
            return;
        _downsample = new BlockList(new Conv(inputs, outputs, 1, stride), new BatchNorm(outputs));
        register_module("downsample", _downsample);
    }

    public override Activation Last => Activation.Relu;

    public IEnumerable<(Conv Convolution, BatchNorm Norm)> Normalized => [(_conv1, _bn1), (_conv2, _bn2)];

    public override Tensor forward(Tensor input) => Before(input).relu_();

    public override Tensor Before(Tensor input)
    {
        var inner = _bn1.call(_conv1.call(input)).relu_();
        return _bn2.call(_conv2.call(inner)).add_(_downsample is null ? input : _downsample.call(input));
    }

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path)
    {
        var inner = graph.Relu(_bn1.WriteOnnx(graph, _conv1.WriteOnnx(graph, input, $"{path}.conv1"), $"{path}.bn1"), name: $"{path}.relu1");
        var outer = _bn2.WriteOnnx(graph, _conv2.WriteOnnx(graph, inner, $"{path}.conv2"), $"{path}.bn2");
        var shortcut = _downsample?.WriteOnnx(graph, input, $"{path}.downsample") ?? input;
        return graph.Relu(graph.Add(outer, shortcut, name: $"{path}.add"), name: $"{path}.relu2");
    }
}
