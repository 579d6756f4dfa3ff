using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Tests.Packages;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Distillation.Tests.Runtime;

public class LetterboxTests
{
    [Theory]
    [InlineData(40, 20, 30, 30, 0, 7, 30, 15)] // (30 − 15)/2 = 7.5
    [InlineData(20, 40, 30, 30, 7, 0, 15, 30)]
    [InlineData(640, 480, 416, 416, 0, 52, 416, 312)]
    [InlineData(500, 375, 320, 320, 0, 40, 320, 240)]
    [InlineData(64, 64, 64, 64, 0, 0, 64, 64)]
    [InlineData(333, 500, 320, 320, 53, 0, 213, 320)] // 213.12 across, (320 − 213.12)/2 = 53.44
    [InlineData(10, 10, 64, 32, 16, 0, 32, 32)]
    [InlineData(4000, 3000, 320, 320, 0, 40, 320, 240)]
    public void SizesAndPlacesAreCutOffToWholePixels(int imageWidth, int imageHeight, int width, int height, int x, int y, int across, int down) =>
        Assert.Equal(new Letterbox(x, y, across, down, imageWidth, imageHeight), Letterbox.Of(imageWidth, imageHeight, width, height));

    // What ML.NET draws is the judge: an image that is white throughout shows where it lies.
    [Theory]
    [InlineData(40, 20, 32, 32)]
    [InlineData(17, 61, 32, 32)]
    [InlineData(97, 31, 40, 24)]
    [InlineData(3, 2, 32, 32)]
    [InlineData(7, 200, 48, 48)]
    [InlineData(129, 77, 33, 47)]
    public void TheImageIsWhereMLNetDrawsIt(int imageWidth, int imageHeight, int width, int height)
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable(new[] { new ImageRows.AnyImageRow { Image = ImageRows.Paint(imageWidth, imageHeight, (_, _) => (255, 255, 255)) } });
        var resized = ml.Transforms.ResizeImages("Image", width, height, resizing: ImageResizingEstimator.ResizingKind.IsoPad).Fit(data).Transform(data);

        var white = ImageRows.Column(ml, resized, (ImageRows.AnyImageRow row) => Enumerable.Range(0, width * height)
            .Where(i => ImageRows.At(row.Image!, i % width, i / width).G > 128).Select(i => (X: i % width, Y: i / width)).ToArray())[0];

        var place = Letterbox.Of(imageWidth, imageHeight, width, height);
        Assert.Equal(
            (place.X, place.Y, place.Width, place.Height),
            (white.Min(p => p.X), white.Min(p => p.Y), white.Max(p => p.X) + 1 - white.Min(p => p.X), white.Max(p => p.Y) + 1 - white.Min(p => p.Y)));
    }

    [Fact]
    public void TheWholeImageIsTheWholePlace()
    {
        foreach (var (width, height) in Sizes())
        {
            var place = Letterbox.Of(width, height, 320, 256);
            var box = new float[4];

            place.ToInput([0, 0, width, height], box);

            Assert.Equal([place.X, place.Y, place.X + Math.Max(1, place.Width), place.Y + Math.Max(1, place.Height)], box);
        }
    }

    [Fact]
    public void BoxesComeBackToWhereTheyWere()
    {
        var random = new Random(3);
        foreach (var (width, height) in Sizes())
        {
            var place = Letterbox.Of(width, height, 320, 256);
            float[] boxes = [.. Enumerable.Range(0, 12).Select(i => random.NextSingle() * (i % 2 == 0 ? width : height))];
            var moved = new float[12];

            place.ToInput(boxes, moved);
            place.ToImage(moved, moved);

            Numbers.Within(boxes.Doubles(), moved.Doubles(), 1e-5 * Math.Max(width, height));
        }
    }

    [Fact]
    public void BoxesOnThePaddingEndAtTheImagesEdge()
    {
        var boxes = new float[4];

        Letterbox.Of(40, 20, 30, 30).ToImage([-5, 0, 40, 30], boxes);

        Assert.Equal([0, 0, 40, 20], boxes);
    }

    [Fact]
    public void NumbersThatAreNoBoxesAreRefused()
    {
        var place = Letterbox.Of(4, 4, 4, 4);

        Assert.StartsWith("There are 3 numbers; a box has 4, x0 y0 x1 y1.", Assert.Throws<ArgumentException>(() => place.ToInput([1, 2, 3], new float[4])).Message, StringComparison.Ordinal);
        Assert.StartsWith("There is room for 3 numbers, and there are 4.", Assert.Throws<ArgumentException>(() => place.ToImage([1, 2, 3, 4], new float[3])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, 1, 1)]
    [InlineData(1, 0, 1, 1)]
    [InlineData(1, 1, 0, 1)]
    [InlineData(1, 1, 1, 0)]
    public void SizesAreAtLeastOne(int imageWidth, int imageHeight, int width, int height) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Letterbox.Of(imageWidth, imageHeight, width, height));

    private static IEnumerable<(int Width, int Height)> Sizes() =>
        from width in new[] { 1, 7, 319, 320, 321, 640, 4000 } from height in new[] { 1, 5, 255, 256, 333, 3000 } select (width, height);
}
