using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using static Microsoft.ML.Distillation.Tests.Packages.ImageRows;
using static Microsoft.ML.Transforms.Image.ImagePixelExtractingEstimator;

namespace Microsoft.ML.Distillation.Tests.Packages;

/// <summary>The image has 3 x 2 pixels; the one numbered i is red i, green 10 + i, blue 20 + i, alpha 255.</summary>
public class ExtractPixelsTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class ImageRow
    {
        [ImageType(2, 3)]
        public MLImage? Image { get; set; }
    }

    private sealed class FloatRow
    {
        public float[]? Pixels { get; set; }
    }

    private sealed class ByteRow
    {
        public byte[]? Pixels { get; set; }
    }

    [Theory]
    [InlineData(MLPixelFormat.Bgra32)]
    [InlineData(MLPixelFormat.Rgba32)]
    public void RedGreenAndBluePlanesAreTheDefault(MLPixelFormat format)
    {
        var view = Extract(_ml.Transforms.ExtractPixels("Pixels", "Image"), format);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3, 2, 3), view.Schema["Pixels"].Type);
        Assert.Equal([0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25], Floats(view));
    }

    [Fact]
    public void InterleavedColoursFollowTheOrder()
    {
        var view = Extract(_ml.Transforms.ExtractPixels("Pixels", "Image", ColorBits.All, ColorsOrder.ABGR, interleavePixelColors: true));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 2, 3, 4), view.Schema["Pixels"].Type);
        Assert.Equal([255, 20, 10, 0, 255, 21, 11, 1], Floats(view)[..8]);
    }

    [Fact]
    public void ASubsetOfColoursIsTaken()
    {
        var view = Extract(_ml.Transforms.ExtractPixels("Pixels", "Image", ColorBits.Blue | ColorBits.Red, ColorsOrder.ABRG));
        Assert.Equal([20, 21, 22, 23, 24, 25, 0, 1, 2, 3, 4, 5], Floats(view));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheOffsetIsTakenAwayBeforeScaling(bool interleave)
    {
        var view = Extract(_ml.Transforms.ExtractPixels("Pixels", "Image", ColorBits.Green, interleavePixelColors: interleave, offsetImage: 4, scaleImage: 1 / 255f));
        Assert.Equal(Enumerable.Range(10, 6).Select(value => (value - 4f) * (1 / 255f)), Floats(view));
    }

    [Fact]
    public void EveryValueOfALargeImageIsScaledAlike()
    {
        // More pixels than any vector register holds, and not a multiple of one.
        var data = _ml.Data.LoadFromEnumerable(new[] { new AnyImageRow { Image = Paint(37, 29, (x, y) => (5 * x, 7 * y, x + y)) } });
        var sized = _ml.Transforms.ResizeImages("Image", 37, 29).Append(_ml.Transforms.ExtractPixels("Pixels", "Image", offsetImage: 100, scaleImage: .5f));
        float[] values = Floats(sized.Fit(data).Transform(data));
        for (int i = 0, x = 0, y = 0; i < 37 * 29; i++, x = i % 37, y = i / 37)
            Assert.Equal([(5 * x - 100) * .5f, (7 * y - 100) * .5f, (x + y - 100) * .5f], [values[i], values[37 * 29 + i], values[2 * 37 * 29 + i]]);
    }

    [Fact]
    public void BytesIgnoreOffsetAndScale()
    {
        var view = Extract(_ml.Transforms.ExtractPixels("Pixels", "Image", interleavePixelColors: true, offsetImage: 9, scaleImage: 2, outputAsFloatArray: false));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Byte, 2, 3, 3), view.Schema["Pixels"].Type);
        Assert.Equal([0, 10, 20, 1, 11, 21], Column(_ml, view, (ByteRow row) => row.Pixels!)[0][..6]);
    }

    [Fact]
    public void ASavedExtractorExtractsTheSame()
    {
        var data = Rows(MLPixelFormat.Bgra32);
        var extractor = _ml.Transforms.ExtractPixels("Pixels", "Image", ColorBits.All, ColorsOrder.AGBR, true, 3, .25f).Fit(data);
        using var file = new MemoryStream();
        _ml.Model.Save(extractor, data.Schema, file);
        file.Position = 0;
        var again = new MLContext().Model.Load(file, out _);
        Assert.Equal(Floats(extractor.Transform(data)), Floats(again.Transform(Rows(MLPixelFormat.Bgra32))));
    }

    [Fact]
    public void TheSizeMustBeKnown()
    {
        var data = _ml.Data.LoadFromEnumerable(new[] { new AnyImageRow { Image = Paint(3, 2, (_, _) => (0, 0, 0)) } });
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.ExtractPixels("Pixels", "Image").Fit(data));
    }

    [Fact]
    public void AnImageOfAnotherSizeThanItsTypeIsAnError()
    {
        var data = _ml.Data.LoadFromEnumerable(new[] { new ImageRow { Image = Paint(4, 4, (_, _) => (0, 0, 0)) } });
        Assert.Throws<InvalidOperationException>(() => Floats(_ml.Transforms.ExtractPixels("Pixels", "Image").Fit(data).Transform(data)));
    }

    [Fact]
    public void OptionsThatMakeNoSenseAreErrors()
    {
        Assert.ThrowsAny<ArgumentException>(() => _ml.Transforms.ExtractPixels("Pixels", "Image", colorsToExtract: 0));
        Assert.ThrowsAny<ArgumentException>(() => _ml.Transforms.ExtractPixels("Pixels", "Image", scaleImage: 0));
        Assert.ThrowsAny<ArgumentException>(() => _ml.Transforms.ExtractPixels("Pixels", "Image", offsetImage: float.NaN));
    }

    private IDataView Rows(MLPixelFormat format) => _ml.Data.LoadFromEnumerable(
        new[] { new ImageRow { Image = Paint(3, 2, (x, y) => (3 * y + x, 10 + 3 * y + x, 20 + 3 * y + x), format) } });

    private IDataView Extract(ImagePixelExtractingEstimator extractor, MLPixelFormat format = MLPixelFormat.Bgra32)
    {
        var data = Rows(format);
        return extractor.Fit(data).Transform(data);
    }

    private float[] Floats(IDataView view) => Assert.Single(Column(_ml, view, (FloatRow row) => row.Pixels!));
}
