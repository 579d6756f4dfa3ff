using System.Buffers.Binary;

namespace Microsoft.ML.Distillation.Headers;

/// <summary>PNG (ISO 15948): chunks up to IEND. Those a decoder can't do without must have the checksum they claim.</summary>
internal static class PngHeader
{
    private const string Format = "PNG";
    private const int Around = 12; // length, type and checksum of a chunk
    private static readonly uint[] _crcTable = [.. Enumerable.Range(0, 256).Select(TableEntry)];

    public static ReadOnlySpan<byte> Start => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static ImageHeader Read(ReadOnlySpan<byte> file)
    {
        var (header, data) = (new ImageHeader(Format, 0, 0), false);
        for (var at = Start.Length; ;)
        {
            if (file.Length - at < Around)
                return ImageHeader.CutShort(Format, file.Length, "it has no end (IEND)", header.Width, header.Height);
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            var type = file.Slice(at + 4, 4);
            if (header.Width == 0 && (!type.SequenceEqual("IHDR"u8) || length != 13))
                return ImageHeader.Broken(Format, "The PNG file is damaged: it doesn't begin with the header that gives its size (IHDR)");
            if (length > file.Length - at - Around)
                return ImageHeader.CutShort(Format, file.Length, $"it ends within its chunk {Name(type)}", header.Width, header.Height);
            var body = file.Slice(at + 8, (int)length);
            if ((type[0] & 0x20) == 0 && Crc(file.Slice(at + 4, (int)length + 4)) != BinaryPrimitives.ReadUInt32BigEndian(file[(at + 8 + (int)length)..]))
                return header with { Fault = $"The PNG file is damaged: the checksum of its chunk {Name(type)} at byte {at} is wrong" };
            if (type.SequenceEqual("IEND"u8))
                return data ? header : header with { Fault = "The PNG file has no image data (IDAT)" };
            header = ReadChunk(header, type, body);
            if (!data && type.SequenceEqual("IDAT"u8) && !BeginsZlib(body))
                header = header with { Fault = "The PNG file is damaged: its image data (IDAT) is not compressed as PNG's is" };
            if (header.Fault is not null)
                return header;
            data |= type.SequenceEqual("IDAT"u8);
            at += Around + (int)length;
        }
    }

    private static ImageHeader ReadChunk(ImageHeader header, ReadOnlySpan<byte> type, ReadOnlySpan<byte> body)
    {
        if (type.SequenceEqual("IHDR"u8))
            return Sized(header, BinaryPrimitives.ReadUInt32BigEndian(body), BinaryPrimitives.ReadUInt32BigEndian(body[4..]));
        if (type.SequenceEqual("acTL"u8) && body.Length >= 4)
            return header with { Animated = BinaryPrimitives.ReadUInt32BigEndian(body) > 1 };
        return type.SequenceEqual("eXIf"u8) ? header with { Orientation = Exif.Orientation(body) } : header;
    }

    private static ImageHeader Sized(ImageHeader header, uint width, uint height) => width is 0 or > int.MaxValue || height is 0 or > int.MaxValue
        ? header with { Fault = $"The PNG file says that it has {width}×{height} pixels; at least one is needed, and a side has at most {int.MaxValue}" }
        : header with { Width = (int)width, Height = (int)height };

    private static bool BeginsZlib(ReadOnlySpan<byte> data) => data.Length < 2 || ((data[0] & 15) == 8 && BinaryPrimitives.ReadUInt16BigEndian(data) % 31 == 0);

    private static string Name(ReadOnlySpan<byte> type)
    {
        foreach (var letter in type)
        {
            if (!char.IsAsciiLetter((char)letter))
                return Convert.ToHexString(type);
        }
        return System.Text.Encoding.ASCII.GetString(type);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
            crc = _crcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint TableEntry(int index)
    {
        const uint Polynomial = 0xEDB88320;
        var value = (uint)index;
        for (var bit = 0; bit < 8; bit++)
            value = (value & 1) == 0 ? value >> 1 : Polynomial ^ (value >> 1);
        return value;
    }
}
