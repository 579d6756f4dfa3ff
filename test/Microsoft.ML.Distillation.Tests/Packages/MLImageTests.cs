using Microsoft.ML.Data;
using static Microsoft.ML.Distillation.Tests.Packages.ImageRows;

namespace Microsoft.ML.Distillation.Tests.Packages;

/// <summary>The pictures are those of goldens/images/make.py: 32 x 24 pixels, (8 x, 10 y, 128), grey ones 8 x.</summary>
public class MLImageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mlimage").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("rgb.png", 0)]
    [InlineData("rgb.bmp", 0)]
    [InlineData("rgb.gif", 16)]         // 256 colours
    [InlineData("rgb.jpg", 6)]
    [InlineData("progressive.jpg", 6)]
    [InlineData("cmyk.jpg", 8)]
    [InlineData("turned.jpg", 6)]       // the orientation in its EXIF part is ignored
    public void ColourFilesAreRead(string file, int tolerance)
    {
        using var image = MLImage.CreateFromFile(Golden($"images/{file}"));
        AssertPicture(image, (x, y) => (8 * x, 10 * y, 128), tolerance);
    }

    [Theory]
    [InlineData("grey.png", 0)]
    [InlineData("grey16.png", 1)]
    [InlineData("palette.png", 0)]
    [InlineData("grey.jpg", 6)]
    public void GreyFilesGetEqualColours(string file, int tolerance)
    {
        using var image = MLImage.CreateFromFile(Golden($"images/{file}"));
        AssertPicture(image, (x, _) => (8 * x, 8 * x, 8 * x), tolerance);
    }

    [Fact]
    public void TransparentPixelsAreBlack()
    {
        using var image = MLImage.CreateFromFile(Golden("images/rgba.png"));
        AssertPicture(image, (x, y) => x < 16 ? (8 * x, 10 * y, 128) : (0, 0, 0), 0);
        Assert.Equal(255, image.Pixels[3]);
        Assert.Equal(0, image.Pixels[^1]);
    }

    [Fact]
    public void AStreamIsReadFromWhereItStands()
    {
        byte[] file = File.ReadAllBytes(Golden("images/rgb.png"));
        using var stream = new MemoryStream([1, 2, 3, .. file]) { Position = 3 };
        using var image = MLImage.CreateFromStream(stream);
        AssertPicture(image, (x, y) => (8 * x, 10 * y, 128), 0);
    }

    [Fact]
    public void WhatIsNoImageIsAnArgumentException()
    {
        Assert.Throws<ArgumentException>(() => MLImage.CreateFromStream(new MemoryStream([1, 2, 3, 4, 5, 6, 7, 8])));
        Assert.Throws<ArgumentException>(() => MLImage.CreateFromStream(new MemoryStream()));
        Assert.Throws<ArgumentException>(() => MLImage.CreateFromFile(Path.Combine(_folder, "missing.png")));
        string text = Path.Combine(_folder, "text.png");
        File.WriteAllText(text, "not an image");
        Assert.Throws<ArgumentException>(() => MLImage.CreateFromFile(text));
        Assert.Throws<ArgumentNullException>(() => MLImage.CreateFromStream(null!));
        Assert.Throws<ArgumentNullException>(() => MLImage.CreateFromFile(null!));
    }

    [Fact]
    public void ABrokenFileDoesNotSpoilTheNext()
    {
        byte[] jpeg = File.ReadAllBytes(Golden("images/rgb.jpg"));
        Assert.Throws<ArgumentException>(() => MLImage.CreateFromStream(new MemoryStream(jpeg[..20])));
        using var image = MLImage.CreateFromStream(new MemoryStream(jpeg));
        AssertPicture(image, (x, y) => (8 * x, 10 * y, 128), 6);
    }

    [Theory]
    [InlineData(MLPixelFormat.Bgra32)]
    [InlineData(MLPixelFormat.Rgba32)]
    public void PixelsAreKeptAsGiven(MLPixelFormat format)
    {
        byte[] pixels = [1, 2, 3, 255, 4, 5, 6, 255];
        using var image = MLImage.CreateFromPixels(2, 1, format, pixels);
        Assert.Equal((2, 1, 32, format), (image.Width, image.Height, image.BitsPerPixel, image.PixelFormat));
        Assert.Equal(pixels, image.Pixels.ToArray());
        Assert.Equal(format == MLPixelFormat.Bgra32 ? [1, 2, 3, 4, 5, 6] : new byte[] { 3, 2, 1, 6, 5, 4 }, image.GetBGRPixels);
    }

    [Fact]
    public void PixelsMustFitTheSize()
    {
        Assert.ThrowsAny<ArgumentException>(() => MLImage.CreateFromPixels(2, 1, MLPixelFormat.Bgra32, new byte[7]));
        Assert.ThrowsAny<ArgumentException>(() => MLImage.CreateFromPixels(0, 1, MLPixelFormat.Bgra32, []));
        Assert.ThrowsAny<ArgumentException>(() => MLImage.CreateFromPixels(1, -1, MLPixelFormat.Bgra32, []));
        Assert.ThrowsAny<ArgumentException>(() => MLImage.CreateFromPixels(1, 1, MLPixelFormat.Unknown, new byte[4]));
    }

    [Theory]
    [InlineData("saved.png", 0)]
    [InlineData("saved.jpg", 10)]
    [InlineData("saved.JPEG", 10)]
    public void SavedAndReadAgainIsTheSame(string name, int tolerance)
    {
        string path = Path.Combine(_folder, name);
        foreach (var format in new[] { MLPixelFormat.Bgra32, MLPixelFormat.Rgba32 })
        {
            using (var image = Paint(32, 24, (x, y) => (8 * x, 10 * y, 128), format))
                image.Save(path);
            using var again = MLImage.CreateFromFile(path);
            AssertPicture(again, (x, y) => (8 * x, 10 * y, 128), tolerance);
        }
    }

    [Fact]
    public void AnUnknownExtensionIsNotSaved()
    {
        using var image = Paint(2, 2, (_, _) => (1, 2, 3));
        string path = Path.Combine(_folder, "saved.txt");
        Assert.Throws<ArgumentException>(() => image.Save(path));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void ADisposedImageSaysSo()
    {
        var image = Paint(2, 2, (_, _) => (1, 2, 3));
        image.Tag = "mine";
        Assert.Equal("mine", image.Tag);
        image.Dispose();
        image.Dispose();
        Assert.Throws<InvalidOperationException>(() => image.Width);
        Assert.Throws<InvalidOperationException>(() => image.Pixels.Length);
        Assert.Throws<InvalidOperationException>(() => image.Tag);
    }

    private static void AssertPicture(MLImage image, Func<int, int, (int, int, int)> expected, int tolerance)
    {
        Assert.Equal((32, 24), (image.Width, image.Height));
        for (int y = 0; y < image.Height; y++)
            for (int x = 0; x < image.Width; x++)
                AssertNear(expected(x, y), At(image, x, y), tolerance, $"({x}, {y})");
    }
}
