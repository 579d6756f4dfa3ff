using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Tests.ImageClassification;
using Microsoft.ML.Distillation.Tests.Malformed;

namespace Microsoft.ML.Distillation.Tests.Runtime;

public class ImageDecodingTests
{
    [Fact]
    public void BytesBecomeTheImageTheyHold()
    {
        var row = Drawn.Rows(1)[0];
        var decoded = new DecodedImage();

        Decode(new EncodedImage { Bytes = Buffer(row.Bytes) }, decoded);

        using var expected = row.Image;
        using var image = decoded.Image!;
        Assert.Equal((expected.Width, expected.Height), (image.Width, image.Height));
        Assert.Equal(expected.GetBGRPixels, image.GetBGRPixels);
    }

    [Fact]
    public void SparseBytesCountAsDense()
    {
        var bytes = Drawn.Rows(1)[0].Bytes;
        var kept = Enumerable.Range(0, bytes.Length).Where(i => bytes[i] != 0).ToArray();
        var decoded = new DecodedImage();

        Decode(new EncodedImage { Bytes = new VBuffer<byte>(bytes.Length, kept.Length, [.. kept.Select(i => bytes[i])], kept) }, decoded);

        using var image = decoded.Image!;
        Assert.Equal(8, image.Width);
    }

    // A cursor has one target for all its rows, and nobody else knows when a row is done with.
    [Fact]
    public void TheImageOfTheRowBeforeIsDisposed()
    {
        var (rows, decoded) = (Drawn.Rows(2), new DecodedImage());
        Decode(new EncodedImage { Bytes = Buffer(rows[0].Bytes) }, decoded);
        var before = decoded.Image!;

        Decode(new EncodedImage { Bytes = Buffer(rows[1].Bytes) }, decoded);

        using var image = decoded.Image!;
        Assert.Equal(8, image.Width);
        Assert.ThrowsAny<InvalidOperationException>(() => before.Width);
    }

    [Fact]
    public void NoBytesAreAnError()
    {
        var error = Assert.Throws<InvalidDataException>(() => Decode(new EncodedImage(), new DecodedImage()));

        Assert.Equal("The image has no bytes; the bytes of a JPEG, PNG or other image file are needed.", error.Message);
    }

    [Fact]
    public void BytesOfNoImageAreShownInTheError()
    {
        var error = Assert.Throws<InvalidDataException>(
            () => Decode(new EncodedImage { Bytes = Buffer([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) }, new DecodedImage()));

        Assert.StartsWith("10 bytes that begin with 0102030405060708 are not an image that can be decoded: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("huge.jpg", "65535×65535")]
    [InlineData("bomb.png", "12000×12000")]
    [InlineData("huge.webp", "16777216×16777216")]
    public void AnImageThatIsTooLargeIsRefusedByItsHeader(string name, string size)
    {
        var error = Assert.Throws<InvalidDataException>(() => Decode(new EncodedImage { Bytes = Buffer(MalformedFiles.Bytes("images", name)) }, new DecodedImage()));

        Assert.Equal($"The image has {size} pixels, more than the 100000000 that are allowed (MaxImagePixels).", error.Message);
    }

    // As LoadImages does it: a model in use makes of an image what it can.
    [Fact]
    public void ACutImageIsDecodedAsFarAsItGoes()
    {
        var decoded = new DecodedImage();

        Decode(new EncodedImage { Bytes = Buffer(MalformedFiles.Bytes("images", "no-end.jpg")) }, decoded);

        using var image = decoded.Image!;
        Assert.Equal((24, 16), (image.Width, image.Height));
    }

    [Fact]
    public void TheLimitIsAtLeastOnePixel()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageDecoding.MaxImagePixels = 0);
        Assert.Equal(100_000_000, ImageDecoding.MaxImagePixels);
    }

    [Fact]
    public void TheMappingIsFoundByItsContract()
    {
        var contract = Assert.Single(typeof(ImageDecodingFactory).GetCustomAttributes(inherit: false).OfType<Transforms.CustomMappingFactoryAttributeAttribute>());

        Assert.Equal("Microsoft.ML.Distillation.ImageDecoding", contract.ContractName);
    }

    // Saved models name the assembly in full.
    [Fact]
    public void TheAssemblysNameNeverChanges() => Assert.Equal(
        "Microsoft.ML.Distillation.Runtime, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null", typeof(ImageDecodingFactory).Assembly.FullName);

    [Fact]
    public void ItNeedsNothingToTrainWith()
    {
        var references = typeof(ImageDecodingFactory).Assembly.GetReferencedAssemblies().Select(a => a.Name!).ToList();

        Assert.DoesNotContain("Microsoft.ML.Distillation", references);
        Assert.DoesNotContain(references, name => name.Contains("Torch", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void AnImageOfAnySizeMakesAColumn()
    {
        var ml = new MLContext();
        var view = ml.Data.LoadFromEnumerable([.. Drawn.Rows(1, size: 8), .. Drawn.Rows(1, size: 9)]);

        var images = view.GetColumn<MLImage>("Image").ToList();

        Assert.Equal(new Transforms.Image.ImageDataViewType(), view.Schema["Image"].Type);
        Assert.Equal([8, 9], images.Select(i => i.Width));
        images.ForEach(i => i.Dispose());
    }

    private static void Decode(EncodedImage source, DecodedImage target) => new ImageDecodingFactory().GetMapping()(source, target);

    private static VBuffer<byte> Buffer(byte[] bytes) => new(bytes.Length, bytes);
}
