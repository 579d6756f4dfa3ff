using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Data;

/// <summary>Copies an image into its place in a batch with its random changes already made: no pixel is touched twice.</summary>
internal sealed class BatchAugmenter(ImageAugmentation augmentation, ImageSize size)
{
    /// <param name="source">3×H×W bytes.</param>
    /// <param name="target">3×H×W bytes.</param>
    /// <param name="random">The row's own numbers for this epoch.</param>
    /// <returns>Whether the copy is flipped.</returns>
    public bool Copy(ReadOnlySpan<byte> source, Span<byte> target, CounterRandom random)
    {
        var (dx, dy) = (0, 0);
        if (augmentation.CropPadding > 0)
        {
            dx = random.NextInt(2 * augmentation.CropPadding + 1) - augmentation.CropPadding;
            dy = random.NextInt(2 * augmentation.CropPadding + 1) - augmentation.CropPadding;
        }
        var flip = augmentation.HorizontalFlip && random.NextDouble() < .5;
        if (dx == 0 && dy == 0 && !flip)
            source.CopyTo(target);
        else
            CopyShifted(source, target, dx, dy, flip);
        if (augmentation.CutoutSize > 0)
            CutOut(target, random.NextInt(size.Width), random.NextInt(size.Height));
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
        var half = augmentation.CutoutSize / 2;
        var (left, right) = (Math.Max(0, x - half), Math.Min(size.Width, x - half + augmentation.CutoutSize));
        var (top, bottom) = (Math.Max(0, y - half), Math.Min(size.Height, y - half + augmentation.CutoutSize));
        for (var plane = 0; plane < 3; plane++)
        {
            for (var line = top; line < bottom; line++)
                target.Slice((plane * size.Height + line) * size.Width + left, right - left).Clear();
        }
    }
}
