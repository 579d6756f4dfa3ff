using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using static Microsoft.ML.Distillation.Tests.Packages.ImageRows;
using static Microsoft.ML.Transforms.Image.ImageResizingEstimator;

namespace Microsoft.ML.Distillation.Tests.Packages;

public class ResizeImagesTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void TheColumnTypeHasTheSize()
    {
        var type = Assert.IsType<ImageDataViewType>(Resize(Paint(4, 4, (_, _) => (0, 0, 0)), 7, 5, ResizingKind.Fill).Schema["Image"].Type);
        Assert.Equal((7, 5), (type.Width, type.Height));
    }

    [Fact]
    public void FillTakesTheNearestPixel()
    {
        // From 6 x 3 to 2 x 1 the centres are those of the source's pixels (1, 1) and (4, 1).
        Assert.Equal([[(1, 1, 0), (4, 1, 0)]], Pixels(Resize(Paint(6, 3, (x, y) => (x, y, 0)), 2, 1, ResizingKind.Fill)));
        // Three times larger: every pixel three times.
        var large = Pixels(Resize(Paint(2, 1, (x, _) => (100 * x, 7, 9)), 6, 3, ResizingKind.Fill))[0];
        Assert.Equal(Enumerable.Range(0, 18).Select(i => (i % 6 < 3 ? 0 : 100, 7, 9)), large);
    }

    [Fact]
    public void IsoPadKeepsProportionsAndTruncates()
    {
        // 40 x 20 into 30 x 30: 30 x 15 pixels, from row 7.5 on, truncated to 7.
        var pixels = Pixels(Resize(Paint(40, 20, (_, _) => (255, 200, 100)), 30, 30, ResizingKind.IsoPad))[0];
        for (int y = 0; y < 30; y++)
            AssertNear(y is >= 7 and < 22 ? (255, 200, 100) : (0, 0, 0), pixels[y * 30 + 15], 2, $"row {y}");
        // And upright: 20 x 40, columns 7 to 21.
        pixels = Pixels(Resize(Paint(20, 40, (_, _) => (255, 200, 100)), 30, 30, ResizingKind.IsoPad))[0];
        for (int x = 0; x < 30; x++)
            AssertNear(x is >= 7 and < 22 ? (255, 200, 100) : (0, 0, 0), pixels[15 * 30 + x], 2, $"column {x}");
    }

    [Theory]
    [InlineData(Anchor.Left, 240, 240)]
    [InlineData(Anchor.Right, 0, 0)]
    [InlineData(Anchor.Center, 240, 0)]
    [InlineData(Anchor.Top, 240, 0)]    // of no effect on what is cut off left and right
    public void IsoCropAnchors(Anchor anchor, int left, int right)
    {
        // 40 x 20 to 10 x 10: half the size, of which the anchor chooses ten columns of twenty.
        var pixels = Pixels(Resize(Paint(40, 20, (x, _) => (x < 20 ? 240 : 0, 0, 0)), 10, 10, ResizingKind.IsoCrop, anchor))[0];
        for (int y = 0; y < 10; y++)
        {
            // Not the columns next to the edge between the colours, which every filter blurs in its own way.
            AssertNear((left, 0, 0), pixels[10 * y + 2], 3, $"left, row {y}");
            AssertNear((right, 0, 0), pixels[10 * y + 7], 3, $"right, row {y}");
        }
    }

    [Theory]
    [InlineData(ResizingKind.IsoPad)]
    [InlineData(ResizingKind.IsoCrop)]
    public void TheSmoothKindsAverageRatherThanPick(ResizingKind kind)
    {
        // Stripes of one pixel, shrunk four times: grey.
        var pixels = Pixels(Resize(Paint(64, 64, (x, _) => (x % 2 * 255, 255 - x % 2 * 255, 128)), 16, 16, kind))[0];
        for (int i = 0; i < pixels.Length; i++)
            AssertNear((128, 128, 128), pixels[i], 24, $"pixel {i}");
    }

    [Fact]
    public void AGradientStaysOneWhenEnlarged()
    {
        var pixels = Pixels(Resize(Paint(8, 8, (x, y) => (30 * x, 30 * y, 0)), 32, 32, ResizingKind.IsoPad))[0];
        for (int y = 6; y < 26; y++)
            for (int x = 6; x < 26; x++)
                AssertNear(((int)(30 * ((x + .5) / 4 - .5)), (int)(30 * ((y + .5) / 4 - .5)), 0), pixels[32 * y + x], 5, $"({x}, {y})");
    }

    [Theory]
    [InlineData(ResizingKind.IsoPad)]
    [InlineData(ResizingKind.IsoCrop)]
    [InlineData(ResizingKind.Fill)]
    public void TheRightSizeIsLeftAlone(ResizingKind kind)
    {
        var expected = Enumerable.Range(0, 24).Select(i => (i % 6 * 40, i / 6 * 60, i));
        Assert.Equal(expected, Pixels(Resize(Paint(6, 4, (x, y) => (x * 40, y * 60, 6 * y + x)), 6, 4, kind))[0]);
    }

    [Fact]
    public void ASavedResizerResizesTheSame()
    {
        var data = Rows(Paint(40, 20, (x, _) => (x < 20 ? 240 : 0, 0, 0)));
        var resizer = _ml.Transforms.ResizeImages("Image", 10, 10, resizing: ResizingKind.IsoCrop, cropAnchor: Anchor.Right).Fit(data);
        using var file = new MemoryStream();
        _ml.Model.Save(resizer, data.Schema, file);
        file.Position = 0;
        var again = new MLContext().Model.Load(file, out _);
        Assert.Equal(Pixels(resizer.Transform(data)), Pixels(again.Transform(data)));
    }

    [Fact]
    public void SizesMustBePositive()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.ResizeImages("Image", 0, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.ResizeImages("Image", 5, -1));
    }

    private IDataView Rows(MLImage image) => _ml.Data.LoadFromEnumerable(new[] { new AnyImageRow { Image = image } });

    private IDataView Resize(MLImage image, int width, int height, ResizingKind kind, Anchor anchor = Anchor.Center)
    {
        var data = Rows(image);
        return _ml.Transforms.ResizeImages("Image", width, height, resizing: kind, cropAnchor: anchor).Fit(data).Transform(data);
    }

    private (int R, int G, int B)[][] Pixels(IDataView view) => Column(_ml, view, (AnyImageRow row) =>
        Enumerable.Range(0, row.Image!.Width * row.Image.Height).Select(i => At(row.Image, i % row.Image.Width, i / row.Image.Width)).ToArray());
}
