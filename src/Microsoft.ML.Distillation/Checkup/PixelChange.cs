using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Checkup;

/// <summary>
/// Pixels so changed that a network which normalises them in its own way sees what another normalisation, or the other order of channels, would have given: so a teacher is
/// tried otherwise than it was opened.
/// </summary>
/// <param name="own">What the teacher does to pixels.</param>
/// <param name="other">What it is to see.</param>
/// <param name="swapped">Whether it is to see red and blue swapped.</param>
internal sealed class PixelChange(ImageNormalization own, ImageNormalization other, bool swapped)
{
    private const float LargestPixel = 255;

    /// <param name="pixels">RGB 0…255, float N×3×H×W.</param>
    public Tensor Apply(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var seen = (pixels / LargestPixel - Channels(other.Mean, pixels)) / Channels(other.Deviation, pixels);
        if (swapped)
            seen = seen.flip(1);
        return ((seen * Channels(own.Deviation, pixels) + Channels(own.Mean, pixels)) * LargestPixel).MoveToOuterDisposeScope();
    }

    private static Tensor Channels(IReadOnlyList<float> values, Tensor pixels) => tensor(values.ToArray(), [1, 3, 1, 1]).to(pixels.device);
}
