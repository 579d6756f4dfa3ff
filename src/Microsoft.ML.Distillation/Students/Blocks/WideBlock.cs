using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>
/// The residual block of the Wide ResNets, normalisation and ReLU ahead of each 3×3 convolution: it ends in a plain sum. Where the number of channels
/// changes, the short cut is a 1×1 convolution of the activated input (Zagoruyko and Komodakis, "Wide residual networks", 2016).
/// </summary>
internal sealed class WideBlock : Block, INormalized
{
    private readonly BatchNorm _bn1;
    private readonly Conv _conv1;
    private readonly BatchNorm _bn2;
    private readonly Conv _conv2;
    private readonly Conv? _shortcut;

    /// <remarks>A stride above 1 needs a change of channels.</remarks>
    public WideBlock(int inputs, int outputs, int stride) : base(nameof(WideBlock))
    {
        _bn1 = new BatchNorm(inputs);
        _conv1 = new Conv(inputs, outputs, 3, stride);
        _bn2 = new BatchNorm(outputs);
        _conv2 = new Conv(outputs, outputs, 3, 1);
        register_module("bn1", _bn1);
        register_module("conv1", _conv1);
        register_module("bn2", _bn2);
        register_module("conv2", _conv2);
        if (inputs == outputs)
            return;
        _shortcut = new Conv(inputs, outputs, 1, stride);
        register_module("shortcut", _shortcut);
    }

    public IEnumerable<(Conv Convolution, BatchNorm Norm)> Normalized => [(_conv1, _bn2)];

    public override Tensor forward(Tensor input)
    {
        var active = _bn1.call(input).relu_();
        var body = _conv2.call(_bn2.call(_conv1.call(active)).relu_());
        return body.add_(_shortcut is null ? input : _shortcut.call(active));
    }

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path)
    {
        var active = graph.Relu(_bn1.WriteOnnx(graph, input, $"{path}.bn1"), $"{path}.relu1");
        var inner = graph.Relu(_bn2.WriteOnnx(graph, _conv1.WriteOnnx(graph, active, $"{path}.conv1"), $"{path}.bn2"), $"{path}.relu2");
        var shortcut = _shortcut?.WriteOnnx(graph, active, $"{path}.shortcut") ?? input;
        return graph.Add(_conv2.WriteOnnx(graph, inner, $"{path}.conv2"), shortcut, $"{path}.add");
    }
}
