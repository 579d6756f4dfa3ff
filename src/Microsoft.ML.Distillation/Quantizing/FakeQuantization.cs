using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>
/// Numbers as 8 bits would hold them, in floats: q(x) = s·clamp(⌊x/s⌉, low, high), halves to the even, and the gradient of x + (q(x) − x).detach(): 1 where x lies within the levels, 0 where it is cut
/// off (the straight-through estimator: Bengio et al., "Estimating or propagating gradients through stochastic neurons", 2013, https://arxiv.org/abs/1308.3432; as used by Jacob et al., 2018,
/// https://arxiv.org/abs/1712.05877).
/// </summary>
/// <remarks>What is cut off begins half a level beyond the last one, where rounding stops: as in PyTorch's fake_quantize_per_tensor_affine. Scales get no gradient.</remarks>
internal static class FakeQuantization
{
    private const int Levels = byte.MaxValue;

    /// <summary>An activation, in levels 0…255 less its zero point.</summary>
    /// <param name="scale">One number.</param>
    /// <param name="zeroPoint">One number, 0…255.</param>
    public static Tensor Activation(Tensor x, Tensor scale, Tensor zeroPoint) => Apply(x, scale, -zeroPoint, Levels - zeroPoint);

    /// <summary>A layer's weights, in levels ±<paramref name="limit"/>.</summary>
    /// <param name="scales">One a channel, of a shape that spreads over the others.</param>
    public static Tensor Weights(Tensor weights, Tensor scales, int limit) => Apply(weights, scales, scales.full_like(-limit), scales.full_like(limit));

    private static Tensor Apply(Tensor x, Tensor scale, Tensor low, Tensor high)
    {
        if (!is_grad_enabled() || !x.requires_grad)
            return Rounded(x, scale, low, high);
        var inside = x.clamp((low - .5) * scale, (high + .5) * scale);
        return inside + Error(inside.detach(), scale, low, high);
    }

    private static Tensor Error(Tensor x, Tensor scale, Tensor low, Tensor high)
    {
        using var noGrad = no_grad();
        return Rounded(x, scale, low, high).sub_(x);
    }

    private static Tensor Rounded(Tensor x, Tensor scale, Tensor low, Tensor high) => x.div(scale).round_().clamp_(low, high).mul_(scale);
}
