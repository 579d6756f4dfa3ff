using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Headers;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Distillation.Tests.Malformed;

/// <summary>Images that are merely unusual, all of the same picture: left half bright, right half dark.</summary>
public class UsableImagesTests
{
    private const string Kind = "usable-images";
    private static readonly ImageSize Size = new(24, 16);
    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<string> Names => [.. MalformedFiles.Names(Kind)];

    // WebP is read by ML.NET's decoder, but not by every stand-in of it.
    public static TheoryData<string> Decodable => [.. MalformedFiles.Names(Kind).Where(n => !n.EndsWith(".webp", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Names))]
    public void TheirHeadersAreSound(string name)
    {
        var header = ImageHeader.Read(MalformedFiles.Bytes(Kind, name));

        Assert.Null(header.Fault);
        Assert.Equal((24, 16), (header.Width, header.Height));
        Assert.Equal(name.StartsWith("animated", StringComparison.Ordinal), header.Animated);
        Assert.Equal(name switch { "exif-rotated.jpg" => 6, "exif-mirrored.png" => 2, _ => 1 }, header.Orientation);
    }

    [Theory]
    [MemberData(nameof(Decodable))]
    public void TheyAreReadAsTheyAreStored(string name)
    {
        var row = new BadImagesTests.PathRow { ImagePath = MalformedFiles.PathOf(Kind, name) };
        foreach (var loader in new IEstimator<ITransformer>[] { _ml.Transforms.LoadRawImageBytes("Image", null, "ImagePath"), _ml.Transforms.LoadImages("Image", null, "ImagePath") })
        {
            var data = _ml.Data.LoadFromEnumerable([row]);
            using var store = new PixelStore(Size, long.MaxValue, Path.GetTempPath());
            var log = new RowLog();

            ImageReader.Read(
                loader.Fit(data).Transform(data), new ImagePreparation(_ml, "Image", Size, ImageResizingEstimator.ResizingKind.IsoCrop), null, store, "training", null, CancellationToken.None, log);

            Assert.Equal(1, store.Count);
            Assert.True(Green(store, right: false) > Green(store, right: true) + 100, $"{name}: {Green(store, right: false)} on the left, {Green(store, right: true)} on the right.");
            Assert.Equal(name switch { "exif-rotated.jpg" or "exif-mirrored.png" => [DataFindingKind.Rotated], "animated.gif" => [DataFindingKind.Animated], _ => [] }, log.Findings("training").Select(f => f.Kind));
        }
    }

    /// <summary>Mean of the green plane over the inner columns of a half.</summary>
    private static double Green(PixelStore store, bool right)
    {
        var plane = store.Pixels(0).Slice(24 * 16, 24 * 16).ToArray();
        return plane.Where((_, i) => right ? i % 24 >= 16 : i % 24 < 8).Average(v => v);
    }
}
