using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Tests.Data;

public class BatchAugmenterTests
{
    [Theory]
    [InlineData(8, 8, 4, true, 0)]
    [InlineData(7, 5, 2, true, 3)]
    [InlineData(5, 9, 3, false, 4)]
    [InlineData(6, 4, 0, true, 0)]
    [InlineData(6, 4, 0, false, 5)]
    [InlineData(4, 3, 9, true, 2)] // the crop may miss the image altogether
    [InlineData(1, 1, 1, true, 1)]
    [InlineData(5, 6, 1, true, 40)] // the square may cover everything
    public void ItDoesWhatASlowReferenceDoes(int width, int height, int padding, bool flip, int cutout)
    {
        var augmentation = new ImageAugmentation { CropPadding = padding, HorizontalFlip = flip, CutoutSize = cutout };
        var augmenter = new BatchAugmenter(augmentation, new ImageSize(width, height));
        var source = new byte[3 * width * height];
        new Random(1).NextBytes(source);
        for (var row = 0; row < 500; row++)
        {
            var random = new CounterRandom(9, RandomPurpose.Augmentation, 2, row);
            var target = Enumerable.Repeat((byte)77, source.Length).ToArray();

            augmenter.Copy(source, target, random);

            Assert.Equal(Reference(source, width, height, augmentation, random), target);
        }
    }

    [Fact]
    public void WithoutAugmentationPixelsStayAsTheyAre()
    {
        var source = Enumerable.Range(1, 3 * 5 * 4).Select(i => (byte)i).ToArray();
        var target = new byte[source.Length];

        new BatchAugmenter(ImageAugmentation.None, new ImageSize(5, 4)).Copy(source, target, new CounterRandom(1, RandomPurpose.Augmentation));

        Assert.Equal(source, target);
    }

    [Fact]
    public void ALargerStoredImageIsChangedAsTheStudentSeesIt()
    {
        const int Width = 6, Height = 5, Across = 3, Down = 2;
        var (seen, stored) = (new ImageSize(Width, Height), new ImageSize(Width * Across, Height * Down));
        var augmentation = new ImageAugmentation { CropPadding = 2, CutoutSize = 3 };
        var (small, large) = (new BatchAugmenter(augmentation, seen), new BatchAugmenter(augmentation, stored, seen));
        var source = new byte[3 * Width * Height];
        new Random(2).NextBytes(source);
        for (var row = 0; row < 200; row++)
        {
            var random = new CounterRandom(3, RandomPurpose.Augmentation, 1, row);
            var (expected, target) = (new byte[source.Length], new byte[3 * stored.Pixels]);

            small.Copy(source, expected, random);
            large.Copy(Enlarged(source), target, random);

            Assert.Equal(Enlarged(expected), target);
        }

        static byte[] Enlarged(byte[] pixels) =>
            [.. Enumerable.Range(0, 3 * Height * Down * Width * Across).Select(i => pixels[i / (Width * Across) / Down * Width + i % (Width * Across) / Across])];
    }

    [Fact]
    public void EveryShiftAndFlipIsEquallyLikely()
    {
        const int Side = 9, Padding = 2, Rows = 20_000, Outcomes = 2 * (2 * Padding + 1) * (2 * Padding + 1);
        var augmenter = new BatchAugmenter(new ImageAugmentation { CropPadding = Padding }, new ImageSize(Side, Side));
        var source = Enumerable.Range(1, 3 * Side * Side).Select(i => (byte)i).ToArray();
        var target = new byte[source.Length];
        var counts = new Dictionary<(byte, byte), int>();
        for (var row = 0; row < Rows; row++)
        {
            augmenter.Copy(source, target, new CounterRandom(1, RandomPurpose.Augmentation, 0, row));
            // Two neighbours in the middle, which no shift empties, tell both shift and flip.
            var key = (target[4 * Side + 4], target[4 * Side + 5]);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        // χ² of 50 cells has mean 49 and deviation √98: 4.5 deviations.
        Assert.Equal(Outcomes, counts.Count);
        Assert.InRange(counts.Values.Sum(c => Math.Pow(c - Rows / (double)Outcomes, 2) / (Rows / (double)Outcomes)), 0, 49 + 4.5 * Math.Sqrt(98));
    }

    /// <summary>Pads, crops, flips and cuts out, pixel by pixel, in the documented order.</summary>
    private static byte[] Reference(byte[] source, int width, int height, ImageAugmentation augmentation, CounterRandom random)
    {
        var padding = augmentation.CropPadding;
        var (left, top) = padding > 0 ? (random.NextInt(2 * padding + 1), random.NextInt(2 * padding + 1)) : (0, 0);
        var flip = augmentation.HorizontalFlip && random.NextDouble() < .5;
        var cutout = augmentation.CutoutSize;
        var (hitX, hitY) = cutout > 0 ? (random.NextInt(width), random.NextInt(height)) : (0, 0);
        var result = new byte[source.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var (x, y, plane) = (i % width, i / width % height, i / width / height);
            var (cutX, cutY) = (x - (hitX - cutout / 2), y - (hitY - cutout / 2));
            var (sourceX, sourceY) = ((flip ? width - 1 - x : x) + left - padding, y + top - padding);
            var black = (cutX >= 0 && cutX < cutout && cutY >= 0 && cutY < cutout) || sourceX < 0 || sourceX >= width || sourceY < 0 || sourceY >= height;
            result[i] = black ? (byte)0 : source[(plane * height + sourceY) * width + sourceX];
        }
        return result;
    }
}
