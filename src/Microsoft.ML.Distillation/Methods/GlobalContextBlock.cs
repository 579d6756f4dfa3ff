using Microsoft.ML.Distillation.Students.Blocks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// A global context block, N×C×H×W → N×C×H×W: places are pooled by a softmax over them of a 1×1 convolution, and the pooled vector is added everywhere after a 1×1 convolution to C/2, layer
/// normalisation, ReLU and a 1×1 convolution back to C. It starts as the identity.
/// </summary>
/// <remarks>Cao, Xu, Lin, Wei, Hu: "GCNet: non-local networks meet squeeze-excitation networks and beyond", 2019, https://arxiv.org/abs/1904.11492.</remarks>
internal sealed class GlobalContextBlock : nn.Module<Tensor, Tensor>
{
    private readonly Conv _mask, _reduce, _expand;
    private readonly long[] _normalized;

    public GlobalContextBlock(int channels) : base(nameof(GlobalContextBlock))
    {
        var inner = Math.Max(1, channels / 2);
        _normalized = [inner, 1, 1];
        _mask = new Conv(channels, 1, 1, 1, bias: true);
        _reduce = new Conv(channels, inner, 1, 1, bias: true);
        _expand = new Conv(inner, channels, 1, 1, bias: true);
        register_module("mask", _mask);
        register_module("reduce", _reduce);
        register_parameter("norm_weight", new Parameter(ones(_normalized)));
        register_parameter("norm_bias", new Parameter(zeros(_normalized)));
        register_module("expand", _expand);
    }

    public override Tensor forward(Tensor input)
    {
        var attention = _mask.call(input).flatten(2).softmax(2);
        var pooled = input.flatten(2).bmm(attention.transpose(1, 2)).unsqueeze(-1);
        var inner = nn.functional.layer_norm(_reduce.call(pooled), _normalized, get_parameter("norm_weight"), get_parameter("norm_bias"));
        return input + _expand.call(inner.relu());
    }

    /// <summary>The first weights where they aren't those of any convolution: the pooling's He-normal by what comes in, the last layer's 0.</summary>
    public void StartAsIdentity()
    {
        using var noGrad = no_grad();
        var pooling = _mask.get_parameter("weight");
        pooling.mul_(1 / Math.Sqrt(pooling.shape[1]));
        _expand.get_parameter("weight").zero_();
    }
}
