using System.Buffers.Binary;

namespace Microsoft.ML.Distillation.Headers;

/// <summary>WebP (RFC 9649): a RIFF container of chunks, simple (VP8, VP8L) or extended (VP8X).</summary>
internal static class WebPHeader
{
    private const string Format = "WebP";
    private const int AnimationFlag = 2;

    public static bool Begins(ReadOnlySpan<byte> file) => file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8);

    public static ImageHeader Read(ReadOnlySpan<byte> file)
    {
        var end = 8L + BinaryPrimitives.ReadUInt32LittleEndian(file[4..]);
        var (header, data) = (new ImageHeader(Format, 0, 0), false);
        for (var at = 12L; at + 8 <= Math.Min(end, file.Length);)
        {
            var type = file.Slice((int)at, 4);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(file[((int)at + 4)..]);
            var body = file.Slice((int)at + 8, (int)Math.Min(length, file.Length - at - 8));
            header = ReadChunk(header, type, body);
            data |= type.SequenceEqual("VP8 "u8) || type.SequenceEqual("VP8L"u8) || type.SequenceEqual("ANMF"u8);
            at += 8 + length + (length & 1);
        }
        if (header.Fault is not null)
            return header;
        if (end > file.Length)
            return ImageHeader.CutShort(Format, file.Length, $"its header speaks of {end} bytes", header.Width, header.Height);
        return data ? header.Checked() : header with { Fault = "The WebP file has no image data" };
    }

    private static ImageHeader ReadChunk(ImageHeader header, ReadOnlySpan<byte> type, ReadOnlySpan<byte> body)
    {
        if (type.SequenceEqual("EXIF"u8))
            return header with { Orientation = Exif.Orientation(body.StartsWith(Exif.Prefix) ? body[Exif.Prefix.Length..] : body) };
        if (header.Width > 0 || body.Length < 10)
            return header;
        if (type.SequenceEqual("VP8X"u8))
            return header with { Width = 1 + UInt24(body[4..]), Height = 1 + UInt24(body[7..]), Animated = (body[0] & AnimationFlag) != 0 };
        if (type.SequenceEqual("VP8L"u8))
        {
            var packed = BinaryPrimitives.ReadUInt32LittleEndian(body[1..]);
            return header with { Width = 1 + (int)(packed & 0x3FFF), Height = 1 + (int)((packed >> 14) & 0x3FFF) };
        }
        return type.SequenceEqual("VP8 "u8)
            ? (header with { Width = BinaryPrimitives.ReadUInt16LittleEndian(body[6..]) & 0x3FFF, Height = BinaryPrimitives.ReadUInt16LittleEndian(body[8..]) & 0x3FFF }).Checked()
            : header;
    }

    private static int UInt24(ReadOnlySpan<byte> bytes) => bytes[0] | bytes[1] << 8 | bytes[2] << 16;
}
