namespace Microsoft.ML.Distillation.Tests.Runtime.Annotations;

/// <summary>Sizes of images are read for YOLO's boxes, and seen there.</summary>
public sealed class YoloImageSizeTests : IDisposable
{
    // A JPEG with a preview of 8×8 in its first segment, padding before the next marker, and the frame header behind both.
    private static readonly byte[] Jpeg =
        [0xFF, 0xD8, 0xFF, 0xE1, 0, 13, 0xFF, 0xC0, 0, 17, 8, 0, 8, 0, 8, 3, 0, 0xFF, 0xFF, 0xFF, 0xC4, 0, 4, 1, 2, 0xFF, 0xC2, 0, 17, 8, 1, 0xE0, 2, 0x80, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];

    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, byte[], int, int> Headers => new()
    {
        { "jpeg", Jpeg, 640, 480 },
        { "png", AnnotationFiles.Png(640, 480), 640, 480 },
        { "gif", [.. "GIF89a"u8, 0x2C, 1, 0xC8, 0, 0xF7, 0, 0], 300, 200 },
        { "bmp", [.. "BM"u8, 0, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 0x2C, 1, 0, 0, 0x38, 0xFF, 0xFF, 0xFF, 1, 0, 24, 0, .. new byte[24]], 300, 200 },
        { "old bmp", [.. "BM"u8, 0, 0, 0, 0, 0, 0, 0, 0, 26, 0, 0, 0, 12, 0, 0, 0, 0x2C, 1, 0xC8, 0, 1, 0, 24, 0], 300, 200 },
        { "lossy webp", [.. "RIFF"u8, 22, 0, 0, 0, .. "WEBPVP8 "u8, 10, 0, 0, 0, 0x30, 1, 0, 0x9D, 1, 0x2A, 0x2C, 0x41, 0xC8, 0x80, 0, 0], 300, 200 },
        { "lossless webp", [.. "RIFF"u8, 23, 0, 0, 0, .. "WEBPVP8L"u8, 11, 0, 0, 0, 0x2F, 0x2B, 0xC1, 0x31, 0x10, 0, 0, 0, 0, 0, 0], 300, 200 },
        { "extended webp", [.. "RIFF"u8, 22, 0, 0, 0, .. "WEBPVP8X"u8, 10, 0, 0, 0, 16, 0, 0, 0, 0x2B, 1, 0, 0xC7, 0, 0], 300, 200 },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void SizesAreReadFromHeaders(string kind, byte[] header, int width, int height)
    {
        Assert.Equal((kind, width, height), (kind, Load(header).Width, Load(header).Height));
    }

    // Cameras put previews of tens of kilobytes before the size.
    [Fact]
    public void ASizeFarBehindIsFound()
    {
        byte[] segment = [0xFF, 0xE2, 0xFF, 0xFF, .. new byte[0xFFFF - 2]];
        byte[] image = [0xFF, 0xD8, .. segment, .. segment, .. segment, .. Jpeg[2..]];

        Assert.Equal((640, 480), (Load(image).Width, Load(image).Height));
    }

    [Theory]
    [MemberData(nameof(Headers))]
    public void AHeaderThatEndsEarlyIsAnError(string kind, byte[] header, int width, int height)
    {
        Assert.True(kind.Length > 0 && width > height);
        for (var length = 0; length < header.Length; length++)
        {
            byte[] cut = header[..length];
            try
            {
                Assert.Equal((width, height), (Load(cut).Width, Load(cut).Height)); // what follows the size may be missing
            }
            catch (InvalidDataException error)
            {
                Assert.EndsWith("does not begin as a JPEG, PNG, GIF, BMP or WebP file that tells its size, which YOLO's boxes are shares of.", error.Message, StringComparison.Ordinal);
            }
        }
        Assert.Throws<InvalidDataException>(() => Load(header[..5]));
    }

    [Fact]
    public void AnImageWithoutAnExtentIsAnError()
    {
        Assert.Throws<InvalidDataException>(() => Load(AnnotationFiles.Png(0, 480)));
        Assert.Throws<InvalidDataException>(() => Load([.. "hello"u8, .. new byte[40]]));
    }

    // Boxes drawn on the turned image would lie elsewhere on the one that ML.NET decodes.
    [Fact]
    public void AnImageToBeTurnedIsRefused()
    {
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"u8, 6, 0, 0, 0, 0, 0, 0, 0];

        var error = Assert.Throws<InvalidDataException>(() => Load([0xFF, 0xD8, .. exif, .. Jpeg[2..]]));

        Assert.Contains("is to be turned or mirrored for viewing (EXIF orientation 6)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderThatIsLinkedToItselfIsRefused()
    {
        _folder.Write("images/a.png", AnnotationFiles.Png(64, 48));
        Directory.CreateSymbolicLink(_folder["images/loop"], ".");

        Assert.Contains(
            "has 1 link(s) to folders, which are not followed: loop.",
            _folder.Refusal(() => _ml.LoadYoloAnnotations(_folder["images"] + Path.DirectorySeparatorChar, _folder["images"], _folder.Write("classes.txt", "a"))), StringComparison.Ordinal);
    }

    private AnnotatedImage Load(byte[] image)
    {
        _folder.Write("images/a.png", image);
        Directory.CreateDirectory(_folder["labels"]);
        return Assert.Single(_folder.Rows(_ml, _ml.LoadYoloAnnotations(_folder["labels"], _folder["images"], _folder.Write("classes.txt", "a"))));
    }
}
