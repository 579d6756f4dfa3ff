using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Tests.Malformed;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Distillation.Tests.Runtime;

/// <summary>The limit of pixels at prediction, of which a process has one.</summary>
[Collection(nameof(NoParallelization))]
public sealed class ImageDecodingLimitTests : IDisposable
{
    private readonly byte[] _file = MalformedFiles.Bytes("usable-images", "rgb.png");

    public ImageDecodingLimitTests() => ImageDecoding.MaxImagePixels = 383;

    public void Dispose() => ImageDecoding.MaxImagePixels = ImageDecoding.DefaultMaxImagePixels;

    [Fact]
    public void ItGoesForModelsThatDecode()
    {
        var (source, target) = (new EncodedImage { Bytes = new(_file.Length, _file) }, new DecodedImage());
        var decode = new ImageDecodingFactory().GetMapping();

        Assert.Equal("The image has 24×16 pixels, more than the 383 that are allowed (MaxImagePixels).", Assert.Throws<InvalidDataException>(() => decode(source, target)).Message);
        ImageDecoding.MaxImagePixels = 384;
        decode(source, target);
        Assert.Equal(24, target.Image!.Width);
        target.Image.Dispose();
    }

    [Fact]
    public void TrainingHasItsOwn()
    {
        var (ml, size) = (new MLContext(seed: 1), new ImageSize(24, 16));
        var data = ml.Data.LoadFromEnumerable(new[] { new Data.Rows.EncodedRow { Image = _file } });
        using var store = new PixelStore(size, long.MaxValue, Path.GetTempPath());

        ImageReader.Read(data, new ImagePreparation(ml, "Image", size, ImageResizingEstimator.ResizingKind.IsoCrop), null, store, "training", null, CancellationToken.None);

        Assert.Equal(1, store.Count);
    }
}
