using Microsoft.ML.Distillation.Students.Blocks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>1×1 convolution, BatchNorm, ReLU.</summary>
internal sealed class PointwiseUnit : nn.Module<Tensor, Tensor>
{
    private readonly Conv _conv;
    private readonly BatchNorm _bn;

    public PointwiseUnit(int inputs, int outputs) : base(nameof(PointwiseUnit))
    {
        (_conv, _bn) = (new Conv(inputs, outputs, 1, 1), new BatchNorm(outputs));
        register_module("conv", _conv);
        register_module("bn", _bn);
    }

    public override Tensor forward(Tensor input) => _bn.call(_conv.call(input)).relu_();
}

/// <summary>Some times over: 3×3 convolution of every channel by itself, 1×1 convolution, BatchNorm, ReLU.</summary>
internal sealed class DepthwiseUnits : nn.Module<Tensor, Tensor>
{
    private readonly long _channels;
    private readonly PointwiseUnit[] _units;

    public DepthwiseUnits(int channels, int depth) : base(nameof(DepthwiseUnits))
    {
        _channels = channels;
        _units = new PointwiseUnit[depth];
        for (var i = 0; i < depth; i++)
        {
            register_parameter($"depthwise{i}", new Parameter(zeros([channels, 1, 3, 3])));
            _units[i] = new PointwiseUnit(channels, channels);
            register_module($"pointwise{i}", _units[i]);
        }
    }

    public override Tensor forward(Tensor input)
    {
        for (var i = 0; i < _units.Length; i++)
            input = _units[i].call(nn.functional.conv2d(input, get_parameter($"depthwise{i}"), padding: [1, 1], groups: _channels));
        return input;
    }
}
