using Microsoft.ML.Distillation.Headers;
using Microsoft.ML.Distillation.Tests.Malformed;

namespace Microsoft.ML.Distillation.Tests.Runtime.Headers;

public class ImageHeaderTests
{
    public static TheoryData<string> Usable => [.. MalformedFiles.Names("usable-images")];

    [Theory]
    [MemberData(nameof(BadImageCases.Names), MemberType = typeof(BadImageCases))]
    public void BadFilesAreRefusedWithTheirReason(string name)
    {
        var refusal = ImageHeader.Read(MalformedFiles.Bytes("images", name)).Refusal(ImageDecoding.DefaultMaxImagePixels, whole: true);

        Assert.Contains(BadImageCases.Words[name], refusal, StringComparison.Ordinal);
    }

    // Whatever the bytes, the answer is a header: never an exception, never more pixels than memory could be asked for without the limit noticing.
    [Theory]
    [MemberData(nameof(Usable))]
    public void EveryCutIsAFaultUntilTheImageIsWhole(string name)
    {
        var file = MalformedFiles.Bytes("usable-images", name);
        var whole = Enumerable.Range(0, file.Length + 1).Where(length => ImageHeader.Read(file.AsSpan(0, length)).Fault is null).ToList();

        Assert.Equal(file.Length, whole[^1]);
        // Once whole it stays so: what follows the end, or GIF's first frame, doesn't matter.
        Assert.Equal(Enumerable.Range(whole[0], file.Length - whole[0] + 1), whole);
        if (!name.EndsWith(".gif", StringComparison.Ordinal) && name != "bytes-after-end.jpg")
            Assert.Equal(file.Length, whole[0]);
    }

    [Theory]
    [MemberData(nameof(Usable))]
    public void ChangedBytesNeverThrow(string name)
    {
        var (file, random) = (MalformedFiles.Bytes("usable-images", name), new Random(1));
        for (var i = 0; i < 2000; i++)
        {
            var changed = (byte[])file.Clone();
            for (var k = 0; k < 1 + i % 4; k++)
                changed[random.Next(Math.Min(file.Length, 100))] = (byte)random.Next(256);
            var header = ImageHeader.Read(changed);
            Assert.True(header.Width >= 0 && header.Height >= 0, $"{header}");
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 8)]
    [InlineData(0, 1)]
    [InlineData(9, 1)]
    public void OrientationsOtherThanExifsCountAsUpright(byte stored, int expected) =>
        Assert.Equal(expected, Exif.Orientation([.. "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"u8, stored, 0, 0, 0]));

    [Fact]
    public void ADirectoryOutOfReachCountsAsUpright()
    {
        Assert.Equal(1, Exif.Orientation("II*\0\xFF\xFF\xFF\xFF"u8));
        Assert.Equal(1, Exif.Orientation("MM\0*"u8));
        Assert.Equal(1, Exif.Orientation([.. "II*\0\x08\0\0\0"u8, 0xFF, 0xFF, 0x12, 0x01]));
    }

    [Fact]
    public void TheLimitGoesBeforeTheFault()
    {
        var header = ImageHeader.CutShort("JPEG", 100, "it has no end", 20, 10);

        Assert.Equal("The image has 20×10 pixels, more than the 199 that are allowed (MaxImagePixels)", header.Refusal(199, whole: true));
        Assert.Equal("The JPEG file of 100 bytes is cut short: it has no end", header.Refusal(200, whole: true));
        Assert.Null(header.Refusal(200, whole: false));
    }
}
