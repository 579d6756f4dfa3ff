using Microsoft.ML.Data;
using Samples.ObjectDetection.Pictures;

namespace Microsoft.ML.Distillation.Tests.Samples.ObjectDetection;

public class BoxPictureTests
{
    [Fact]
    public void SmallImagesAreEnlargedAndKeepTheirColours()
    {
        var raster = Draw();

        Assert.Equal(512, raster.Width);
        Assert.InRange(raster.Height, 257, 300);
        Assert.Equal(new Colour(10, 20, 30), raster[0, 0]);
        Assert.Equal(new Colour(10, 20, 30), raster[511, 255]);
        Assert.Equal(Colour.Dark, raster[511, raster.Height - 1]);
    }

    [Fact]
    public void PredictedBoxesAreThickAndTrueOnesThin()
    {
        // Eight pixels of the picture to one of the image.
        var thick = Draw(new DrawnBox(1, new float[] { 4, 4, 24, 24 }, .9f));
        var thin = Draw(new DrawnBox(1, new float[] { 4, 4, 24, 24 }));

        Assert.Equal(3, Enumerable.Range(160, 60).Count(x => thick[x, 100] == Colour.Of(1)));
        Assert.Equal(1, Enumerable.Range(160, 60).Count(x => thin[x, 100] == Colour.Of(1)));
        Assert.Equal(Colour.Of(1), thick[191, 100]);
        Assert.Equal((Colour.Of(1), Colour.White), (thin[191, 100], thin[192, 100]));
        Assert.Equal(new Colour(10, 20, 30), thick[100, 100]);
    }

    [Fact]
    public void BoxesBeyondTheImageAreCutOff()
    {
        var raster = Draw(new DrawnBox(0, new float[] { -1e9f, -50, 1e9f, 500 }, 1), new DrawnBox(0, new float[] { float.NaN, 0, 5, 5 }));

        Assert.Equal(Colour.Dark, raster[511, raster.Height - 1]);
    }

    [Fact]
    public void EveryClassIsInTheLegend()
    {
        var raster = Draw();
        var legend = Enumerable.Range(0, raster.Width).SelectMany(x => Enumerable.Range(256, raster.Height - 256).Select(y => raster[x, y])).ToHashSet();

        Assert.Equal(new[] { Colour.Of(0), Colour.Of(1), Colour.White, Colour.Dark }.ToHashSet(), legend);
    }

    [Fact]
    public void ItIsSavedAsItIs()
    {
        using var folder = new TemporaryFolder();
        var raster = Draw(new DrawnBox(1, new float[] { 4, 4, 24, 24 }, .9f));
        raster.SaveAsPng(folder["a.png"]);

        using var image = MLImage.CreateFromFile(folder["a.png"]);

        Assert.Equal((raster.Width, raster.Height), (image.Width, image.Height));
        var bgr = image.GetBGRPixels;
        var place = 3 * (100 * raster.Width + 191);
        Assert.Equal(Colour.Of(1), new Colour(bgr[place + 2], bgr[place + 1], bgr[place]));
    }

    private static Raster Draw(params DrawnBox[] boxes)
    {
        var pixels = Enumerable.Range(0, 64 * 32).SelectMany(_ => new byte[] { 10, 20, 30, 255 }).ToArray();
        using var image = MLImage.CreateFromPixels(64, 32, MLPixelFormat.Rgba32, pixels);
        return new BoxPicture(["cat", "dog"]).Draw(image, boxes);
    }
}
