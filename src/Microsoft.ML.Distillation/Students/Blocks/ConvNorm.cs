using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>A convolution, its BatchNorm and an activation.</summary>
internal sealed class ConvNorm : Block, INormalized
{
    private readonly Conv _conv;
    private readonly BatchNorm _bn;

    public ConvNorm(
        int inputs, int outputs, int kernel, int stride = 1, Activation activation = Activation.Relu, int groups = 1, bool bias = false, double epsilon = 1e-5,
        double momentum = .1, int? padding = null)
        : base(nameof(ConvNorm))
    {
        Last = activation;
        _conv = new Conv(inputs, outputs, kernel, stride, groups, bias, padding);
        _bn = new BatchNorm(outputs, epsilon, momentum);
        register_module("conv", _conv);
        register_module("bn", _bn);
    }

    public override Activation Last { get; }

    public IEnumerable<(Conv Convolution, BatchNorm Norm)> Normalized => [(_conv, _bn)];

    public override Tensor forward(Tensor input) => Last.Overwrite(Before(input));

    public override Tensor Before(Tensor input) => _bn.call(_conv.call(input));

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path) =>
        Last.WriteOnnx(graph, _bn.WriteOnnx(graph, _conv.WriteOnnx(graph, input, $"{path}.conv"), $"{path}.bn"), $"{path}.act");
}
