namespace Samples.RetrainingApp.Uploads;

/// <summary>A kind of image file, told by its first bytes: what a name or a header claims is not asked.</summary>
/// <param name="Name">As the database has it.</param>
internal sealed record ImageFormat(string Name, string Extension, string ContentType)
{
    private static readonly ImageFormat
        _jpeg = new("JPEG", "jpg", "image/jpeg"),
        _png = new("PNG", "png", "image/png"),
        _gif = new("GIF", "gif", "image/gif"),
        _bmp = new("BMP", "bmp", "image/bmp"),
        _webp = new("WebP", "webp", "image/webp");

    private static readonly ImageFormat[] _all = [_jpeg, _png, _gif, _bmp, _webp];

    public static ImageFormat Parse(string name) => _all.First(format => format.Name == name);

    /// <returns>Null for anything that is no image.</returns>
    public static ImageFormat? Of(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? _jpeg
        : file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]) ? _png
        : file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8) ? _gif
        : file.StartsWith("BM"u8) ? _bmp
        : file.StartsWith("RIFF"u8) && file.Length >= 12 && file[8..12].SequenceEqual("WEBP"u8) ? _webp
        : null;
}
