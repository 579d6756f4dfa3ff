namespace Microsoft.ML.Distillation.Headers;

/// <summary>What an image file says of itself, read from its bytes without decoding it: formats, sizes and ends are what decoders take on trust.</summary>
/// <param name="Format">JPEG, PNG, GIF, BMP or WebP; empty for anything else.</param>
/// <param name="Width">Pixels in a row; 0 where the file ends before it says.</param>
/// <param name="Height">Rows.</param>
internal sealed record ImageHeader(string Format, int Width, int Height)
{
    private const int FirstRead = 1 << 12, MostRead = 1 << 26, ReadGrowth = 8;

    /// <summary>How the image is to be turned for viewing, as EXIF counts: 1 upright, 2 to 8 turned or mirrored. ML.NET's decoder turns nothing.</summary>
    public int Orientation { get; init; } = Exif.Upright;

    /// <summary>Whether there is more than one frame; the first is all that is decoded.</summary>
    public bool Animated { get; init; }

    /// <summary>Why the file can't be used, as a sentence without its full stop; null for a file that is whole as far as its structure tells.</summary>
    public string? Fault { get; init; }

    public static ImageHeader Read(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
            return Broken("", "The image has no bytes; the bytes of a JPEG, PNG or other image file are needed");
        if (file.StartsWith(JpegHeader.Start))
            return JpegHeader.Read(file);
        if (file.StartsWith(PngHeader.Start))
            return PngHeader.Read(file);
        if (file.StartsWith(GifHeader.Start))
            return GifHeader.Read(file);
        if (WebPHeader.Begins(file))
            return WebPHeader.Read(file);
        if (file.StartsWith(BmpHeader.Start))
            return BmpHeader.Read(file);
        return Broken("", $"{file.Length} bytes that begin with {Convert.ToHexString(file[..Math.Min(8, file.Length)])} are not an image that can be decoded: no JPEG, PNG, GIF, BMP or WebP file begins so");
    }

    /// <summary>Reads no more of a file than tells the image's size, which may stand behind a preview or a colour profile; whether the rest is whole is not known then.</summary>
    public static ImageHeader ReadSize(string path)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[FirstRead];
        for (var read = 0; ;)
        {
            read += file.ReadAtLeast(bytes.AsSpan(read), bytes.Length - read, throwOnEndOfStream: false);
            var header = Read(bytes.AsSpan(0, read));
            if (header.Format.Length == 0 || header is { Width: > 0, Height: > 0 } || read < bytes.Length || read >= MostRead)
                return header;
            Array.Resize(ref bytes, Math.Min(MostRead, ReadGrowth * bytes.Length));
        }
    }

    /// <summary>The same of bytes at hand.</summary>
    public static ImageHeader ReadSize(ReadOnlySpan<byte> file)
    {
        for (long read = FirstRead; ; read *= ReadGrowth)
        {
            var header = Read(file[..(int)Math.Min(read, file.Length)]);
            if (header.Format.Length == 0 || header is { Width: > 0, Height: > 0 } || read >= file.Length)
                return header;
        }
    }

    /// <summary>Why the image is not to be decoded; null for one that may be.</summary>
    /// <param name="maxPixels">The most pixels it may have.</param>
    /// <param name="whole">Whether a file that is cut short or damaged is refused too, which decoders fill up with grey.</param>
    public string? Refusal(long maxPixels, bool whole)
    {
        if (Format.Length == 0)
            return Fault;
        if ((long)Width * Height > maxPixels)
            return TooLarge(Width, Height, maxPixels);
        return whole || Width < 1 || Height < 1 ? Fault : null;
    }

    public static string TooLarge(int width, int height, long maxPixels) =>
        FormattableString.Invariant($"The image has {width}×{height} pixels, more than the {maxPixels} that are allowed (MaxImagePixels)");

    public static ImageHeader Broken(string format, string fault) => new(format, 0, 0) { Fault = fault };

    public static ImageHeader CutShort(string format, long bytes, string missing, int width = 0, int height = 0) =>
        new(format, width, height) { Fault = $"The {format} file of {bytes} bytes is cut short: {missing}" };

    /// <summary>The header with a fault where it gives the image no pixels.</summary>
    public ImageHeader Checked() => Fault is not null || (Width > 0 && Height > 0)
        ? this
        : this with { Width = Math.Max(0, Width), Height = Math.Max(0, Height), Fault = $"The {Format} file says that it has {Width}×{Height} pixels; an image needs at least one" };
}
