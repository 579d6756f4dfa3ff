using Microsoft.ML.Distillation.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>A 2-d convolution, padded to keep the size at stride 1; without bias unless asked for, since a BatchNorm follows most.</summary>
internal sealed class Conv : Block, IWeightedLayer
{
    private readonly long[] _stride;
    private readonly long[] _padding;
    private readonly bool _bias;
    private readonly LayerWeights _weights = new();

    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="kernel">Width and height of the window; odd, unless <paramref name="padding"/> is given.</param>
    /// <param name="stride">Step of the window.</param>
    /// <param name="groups">Groups of channels that don't see each other; as many as there are channels make it depthwise.</param>
    /// <param name="bias">Whether each output channel has a bias, which starts at 0.</param>
    /// <param name="padding">Zeros on each side; null for half the window.</param>
    public Conv(int inputs, int outputs, int kernel, int stride, int groups = 1, bool bias = false, int? padding = null) : base(nameof(Conv))
    {
        (Groups, _bias) = (groups, bias);
        _stride = [stride, stride];
        _padding = [padding ?? kernel / 2, padding ?? kernel / 2];
        register_parameter("weight", new Parameter(zeros([outputs, inputs / groups, kernel, kernel])));
        if (bias)
            register_parameter("bias", new Parameter(zeros(outputs)));
    }

    public int Groups { get; }

    private Parameter? Bias => _bias ? get_parameter("bias") : null;

    public override Tensor forward(Tensor input) => Convolve([input])[0];

    /// <summary>The same convolution of several maps of one type; its weights are cast once, where they need it.</summary>
    public IReadOnlyList<Tensor> Convolve(IReadOnlyList<Tensor> inputs)
    {
        // oneDNN leaves a part of the weight's gradient unwritten there; of one pixel float32 costs nothing.
        if (inputs.Count == 1 && _stride[0] > 1 && inputs[0] is { dtype: ScalarType.BFloat16, shape: [_, _, 1, 1] })
            return [Convolve([inputs[0].to(ScalarType.Float32)])[0].to(ScalarType.BFloat16)];
        var weight = _weights.For(inputs[0], "weight", get_parameter("weight"));
        var bias = _weights.For(inputs[0], "bias", Bias);
        return [.. inputs.Select(input => nn.functional.conv2d(input, weight, bias, strides: _stride, padding: _padding, groups: Groups))];
    }

    /// <summary>
    /// Does from now on what a frozen BatchNorm did to its output: w' = w·γ/√(σ² + ε) and b' = (b − μ)·γ/√(σ² + ε) + β, for each output channel. A pass over every map less, and in bfloat16 a rounding less.
    /// </summary>
    public void Absorb(BatchNorm norm)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (factor, shift) = norm.HandOver();
        var weight = get_parameter("weight");
        _weights.Replace("weight", (weight * factor.view(-1, 1, 1, 1)).to(weight.dtype));
        _weights.Replace("bias", (Bias is { } bias ? bias * factor + shift : shift).to(weight.dtype));
    }

    public void KeepBFloat16()
    {
        _weights.KeepBFloat16("weight", get_parameter("weight"));
        _weights.KeepBFloat16("bias", Bias);
    }

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path) => WriteOnnx(graph, [input], path)[0];

    /// <summary>The same convolution of several maps; its weights are in the graph once.</summary>
    public IReadOnlyList<string> WriteOnnx(OnnxGraphBuilder graph, IReadOnlyList<string> inputs, string path)
    {
        var weight = graph.AddInitializer($"{path}.weight", get_parameter("weight"));
        var bias = _bias ? graph.AddInitializer($"{path}.bias", get_parameter("bias")) : null;
        return [.. inputs.Select(input => graph.Conv(input, weight, bias, strides: _stride, pads: [.. _padding, .. _padding], group: Groups, name: path))];
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _weights.Dispose();
        base.Dispose(disposing);
    }
}
