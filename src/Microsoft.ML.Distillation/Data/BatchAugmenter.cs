using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Data;

/// <summary>Copies an image into its place in a batch with its random changes already made: no pixel is touched twice.</summary>
/// <param name="size">Of the stored images.</param>
/// <param name="seen">Of the images as the student sees them, which is what the augmentation's pixels are; null for the stored size.</param>
internal sealed class BatchAugmenter(ImageAugmentation augmentation, ImageSize size, ImageSize? seen = null)
{
    // A larger teacher makes the stored images larger, but must not make the student's changes smaller.
    private readonly ImageSize _seen = seen ?? size;
    private readonly double _across = size.Width / (double)(seen ?? size).Width;
    private readonly double _down = size.Height / (double)(seen ?? size).Height;

    /// <param name="source">3×H×W bytes.</param>
    /// <param name="target">3×H×W bytes.</param>
    /// <param name="random">The row's own numbers for this epoch.</param>
    /// <returns>Whether the copy is flipped.</returns>
    public bool Copy(ReadOnlySpan<byte> source, Span<byte> target, CounterRandom random)
    {
        var (dx, dy) = (0, 0);
        if (augmentation.CropPadding > 0)
        {
            dx = Scaled(random.NextInt(2 * augmentation.CropPadding + 1) - augmentation.CropPadding, _across);
            dy = Scaled(random.NextInt(2 * augmentation.CropPadding + 1) - augmentation.CropPadding, _down);
        }
        var flip = augmentation.HorizontalFlip && random.NextDouble() < .5;
        if (dx == 0 && dy == 0 && !flip)
            source.CopyTo(target);
        else
            CopyShifted(source, target, dx, dy, flip);
        if (augmentation.CutoutSize > 0)
            CutOut(target, random.NextInt(_seen.Width), random.NextInt(_seen.Height));
        return flip;
    }

    private void CopyShifted(ReadOnlySpan<byte> source, Span<byte> target, int dx, int dy, bool flip)
    {
        var (width, height) = (size.Width, size.Height);
        var (first, last) = (Math.Clamp(-dx, 0, width), Math.Clamp(width - dx, 0, width)); // where the source has pixels
        for (var line = 0; line < 3 * height; line++)
        {
            var to = target.Slice(line * width, width);
            var y = line % height + dy;
            if (y < 0 || y >= height || first >= last)
            {
                to.Clear();
                continue;
            }
            to[..first].Clear();
            to[last..].Clear();
            source.Slice((line / height * height + y) * width + first + dx, last - first).CopyTo(to[first..last]);
            if (flip)
                to.Reverse();
        }
    }

    private void CutOut(Span<byte> target, int x, int y)
    {
        var (leftmost, highest) = (x - augmentation.CutoutSize / 2, y - augmentation.CutoutSize / 2);
        var (left, right) = (Math.Max(0, Scaled(leftmost, _across)), Math.Min(size.Width, Scaled(leftmost + augmentation.CutoutSize, _across)));
        var (top, bottom) = (Math.Max(0, Scaled(highest, _down)), Math.Min(size.Height, Scaled(highest + augmentation.CutoutSize, _down)));
        for (var plane = 0; plane < 3; plane++)
        {
            for (var line = top; line < bottom; line++)
                target.Slice((plane * size.Height + line) * size.Width + left, right - left).Clear();
        }
    }

    private static int Scaled(int pixels, double by) => (int)Math.Round(pixels * by);
}
