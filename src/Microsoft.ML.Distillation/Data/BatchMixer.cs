using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Data;

/// <summary>
/// Mixes every image of a batch with another of the same batch, where the batch is: Mixup or CutMix, one of them a batch. Which, how much, with which and where are a
/// function of (seed, step) alone.
/// </summary>
internal sealed class BatchMixer(ImageAugmentation augmentation, long seed)
{
    /// <param name="pixels">N×3×H×W; CutMix writes into it.</param>
    /// <param name="labels">N of int64.</param>
    /// <param name="step">Steps since the run began.</param>
    public (Tensor Pixels, BatchLabels Labels) Mix(Tensor pixels, Tensor labels, long step)
    {
        if (!augmentation.Mixes)
            return (pixels, new BatchLabels(labels));
        var random = new CounterRandom(seed, RandomPurpose.Mixing, step);
        var cut = augmentation.CutMix > 0 && (augmentation.Mixup == 0 || random.NextDouble() < .5);
        var share = BetaDistribution.Draw(ref random, cut ? augmentation.CutMix : augmentation.Mixup);
        var partners = tensor(random.NextPermutation((int)pixels.shape[0]).Select(row => (long)row).ToArray()).UploadTo(pixels.device);
        if (!cut)
            return (pixels * share + pixels.index_select(0, partners) * (1 - share), new BatchLabels(labels, labels.index_select(0, partners), share));
        var box = Box((int)pixels.shape[3], (int)pixels.shape[2], share, ref random);
        Paste(pixels, partners, box);
        return (pixels, new BatchLabels(labels, labels.index_select(0, partners), 1 - box.Width * box.Height / (double)(pixels.shape[2] * pixels.shape[3])));
    }

    /// <summary>A box of 1 − <paramref name="share"/> of the image's area and the image's proportions, centred at a random pixel; what lies outside the image is cut off.</summary>
    private static (int Left, int Top, int Width, int Height) Box(int width, int height, double share, ref CounterRandom random)
    {
        var side = Math.Sqrt(1 - share);
        var (left, across) = Span(width, (int)Math.Round(width * side), random.NextInt(width));
        var (top, down) = Span(height, (int)Math.Round(height * side), random.NextInt(height));
        return (left, top, across, down);
    }

    private static (int First, int Length) Span(int length, int wanted, int centre)
    {
        var first = Math.Max(0, centre - wanted / 2);
        return (first, Math.Min(length, centre - wanted / 2 + wanted) - first);
    }

    private static void Paste(Tensor pixels, Tensor partners, (int Left, int Top, int Width, int Height) box)
    {
        if (box.Width == 0 || box.Height == 0)
            return;
        var place = pixels.narrow(2, box.Top, box.Height).narrow(3, box.Left, box.Width);
        place.copy_(place.index_select(0, partners));
    }
}
