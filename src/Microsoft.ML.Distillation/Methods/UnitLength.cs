using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>Vectors along a tensor's last dimension: their lengths, and themselves at length 1.</summary>
/// <remarks>
/// Everything is computed of the vector over its largest element, so that neither the squares of huge elements overflow nor those of tiny ones vanish.
/// The scaled squares then add up to 1 at least, or to 0 for a zero vector alone, which the floor of a half keeps finite in value and gradient.
/// </remarks>
internal static class UnitLength
{
    private const double Floor = .5;

    /// <summary>Every vector over its L2 length; a zero vector stays zero.</summary>
    public static Tensor Of(Tensor vectors)
    {
        var (scaled, _) = Scaled(vectors);
        return scaled / scaled.square().sum(-1, keepdim: true).clamp_min(Floor).sqrt();
    }

    /// <summary>The L2 length of every vector; a zero vector's is 0, with a gradient of 0.</summary>
    public static Tensor Length(Tensor vectors)
    {
        var (scaled, largest) = Scaled(vectors);
        return (largest * scaled.square().sum(-1, keepdim: true).clamp_min(Floor).sqrt()).squeeze(-1);
    }

    private static (Tensor Scaled, Tensor Largest) Scaled(Tensor vectors)
    {
        var largest = vectors.detach().abs().amax(new long[] { -1 }, keepdim: true);
        return (vectors / (largest + (1 - largest.sign())), largest);
    }
}
