using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>
/// The focal loss, −α_t·(1 − p_t)^γ·log p_t with p_t the probability of what is true: easy examples, which are most, hardly count.
/// </summary>
/// <remarks>Lin, Goyal, Girshick, He, Dollár: "Focal loss for dense object detection", 2017, equation 5, https://arxiv.org/abs/1708.02002.</remarks>
internal static class FocalLoss
{
    /// <summary>Of each element, of the shape of <paramref name="logits"/>.</summary>
    /// <param name="logits">Raw scores.</param>
    /// <param name="targets">0 or 1, or between where it isn't sure.</param>
    /// <param name="alpha">Weight of what is 1; what is 0 has 1 − α.</param>
    /// <param name="gamma">0, or 1 and more: between, the gradient of a certain and right score is infinite.</param>
    public static Tensor Elementwise(Tensor logits, Tensor targets, double alpha, double gamma)
    {
        var probability = logits.sigmoid();
        // Both products are above or at 0 however they are rounded, as 1 − p_t is not.
        var missed = probability * (1 - targets) + (1 - probability) * targets;
        var share = targets * (2 * alpha - 1) + (1 - alpha);
        return share * missed.pow(gamma) * nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction: nn.Reduction.None);
    }
}
