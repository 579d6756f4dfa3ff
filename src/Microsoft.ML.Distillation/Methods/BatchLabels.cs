using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// The labels of a batch. Images mixed of two have two: everything that depends on a label is then the mean of both, by their shares, which for
/// cross-entropy is the same as the loss of the mixed label.
/// </summary>
/// <param name="First">Class of each image, from 0: N of int64.</param>
/// <param name="Second">Class of what was mixed in; null where nothing was.</param>
/// <param name="Share">Share of the first, 0…1.</param>
internal sealed record BatchLabels(Tensor First, Tensor? Second = null, double Share = 1)
{
    /// <summary>The mean of <paramref name="loss"/> over an image's labels, by their shares.</summary>
    public Tensor Mean(Func<Tensor, Tensor> loss) => Second is null ? loss(First) : loss(First) * Share + loss(Second) * (1 - Share);

    /// <summary>Cross-entropy of logits, averaged over the batch.</summary>
    public Tensor CrossEntropy(Tensor logits) => Mean(labels => nn.functional.cross_entropy(logits, labels));
}
