namespace Microsoft.ML.Distillation.Tests.Malformed;

/// <summary>Every file in test/malformed/images, with words that its refusal must have.</summary>
internal static class BadImageCases
{
    public static readonly IReadOnlyDictionary<string, string> Words = new Dictionary<string, string>
    {
        ["empty.jpg"] = "The image has no bytes",
        ["text.jpg"] = "18 bytes that begin with 5468697320697320 are not an image that can be decoded",
        ["page.png"] = "are not an image that can be decoded: no JPEG, PNG, GIF, BMP or WebP file begins so",
        ["other-format.tif"] = "are not an image that can be decoded",
        ["cut-in-header.jpg"] = "cut short: it ends before its image data",
        ["cut-in-half.jpg"] = "cut short: it has no end marker (FF D9)",
        ["no-end.jpg"] = "cut short: it has no end marker (FF D9)",
        ["zeros-at-end.jpg"] = "cut short: it has no end marker (FF D9)",
        ["zero-height.jpg"] = "says that it has 24×0 pixels",
        ["zero-width.jpg"] = "says that it has 0×16 pixels",
        ["huge.jpg"] = "The image has 65535×65535 pixels, more than the 100000000 that are allowed (MaxImagePixels)",
        ["two-sizes.jpg"] = "gives its size twice",
        ["no-scan.jpg"] = "no image data before its end marker",
        ["scan-first.jpg"] = "its image data comes before the header",
        ["segment-of-one.jpg"] = "its segment E1 claims a length of 1 bytes",
        ["cut-in-half.png"] = "cut short",
        ["no-end.png"] = "cut short: it has no end (IEND)",
        ["cut-data.png"] = "cut short: it ends within its chunk IDAT",
        ["chunk-too-long.png"] = "cut short: it ends within its chunk IDAT",
        ["wrong-checksum.png"] = "the checksum of its chunk IDAT at byte 33 is wrong",
        ["wrong-header-checksum.png"] = "the checksum of its chunk IHDR at byte 8 is wrong",
        ["zero-width.png"] = "says that it has 0×16 pixels",
        ["huge.png"] = "The image has 2147483647×2147483647 pixels, more than",
        ["bomb.png"] = "The image has 12000×12000 pixels, more than",
        ["no-data.png"] = "no image data (IDAT)",
        ["no-header.png"] = "doesn't begin with the header that gives its size (IHDR)",
        ["data-no-zlib.png"] = "its image data (IDAT) is not compressed as PNG's is",
        ["cut-in-frame.gif"] = "cut short: it ends before its first frame does",
        ["zero-height.gif"] = "says that it has 24×0 pixels",
        ["no-frame.gif"] = "has no image in it",
        ["huge.gif"] = "The image has 65535×65535 pixels, more than",
        ["cut-in-half.bmp"] = "cut short: 1206 bytes are needed for its 24×16 pixels",
        ["header-only.bmp"] = "cut short: it ends within its header",
        ["zero-width.bmp"] = "says that it has 0×16 pixels",
        ["huge.bmp"] = "The image has 100000×100000 pixels, more than",
        ["lowest-height.bmp"] = "its height is out of range",
        ["cut-in-half.webp"] = "cut short: its header speaks of",
        ["no-data.webp"] = "has no image data",
        ["zero-width.webp"] = "says that it has 0×16 pixels",
        ["huge.webp"] = "The image has 16777216×16777216 pixels, more than",
    };

    public static TheoryData<string> Names => [.. Words.Keys];

    /// <summary>Those that a decoder may be shown: the others could take all memory before anybody can look.</summary>
    public static TheoryData<string> Decodable => [.. Words.Keys.Where(n => !n.StartsWith("huge", StringComparison.Ordinal) && !n.StartsWith("bomb", StringComparison.Ordinal))];
}
