using System.Buffers.Binary;

namespace Microsoft.ML.Distillation.Headers;

/// <summary>JPEG (ITU T.81, annex B): marker segments up to the end marker. What follows the end marker is nobody's business.</summary>
internal static class JpegHeader
{
    private const string Format = "JPEG";
    private const byte StartOfScan = 0xDA, EndOfImage = 0xD9, Temporary = 0x01, App1 = 0xE1;

    public static ReadOnlySpan<byte> Start => [0xFF, 0xD8, 0xFF];

    public static ImageHeader Read(ReadOnlySpan<byte> file)
    {
        var (header, scanned) = (new ImageHeader(Format, 0, 0), false);
        for (var at = 2; ;)
        {
            at = NextMarker(file, at);
            if (at < 0)
                return ImageHeader.CutShort(Format, file.Length, scanned ? "it has no end marker (FF D9)" : "it ends before its image data", header.Width, header.Height) with { Orientation = header.Orientation };
            var marker = file[at++];
            if (marker == EndOfImage)
                return (scanned ? header : header with { Fault = "The JPEG file has no image data before its end marker" }).Checked();
            if (marker is Temporary or (>= 0xD0 and <= 0xD8))
                continue;
            var length = at + 2 <= file.Length ? BinaryPrimitives.ReadUInt16BigEndian(file[at..]) : int.MaxValue;
            if (length < 2)
                return header with { Fault = $"The JPEG file is damaged: its segment {marker:X2} claims a length of {length} bytes" };
            if (length > file.Length - at)
                return ImageHeader.CutShort(Format, file.Length, $"it ends within its segment {marker:X2}", header.Width, header.Height);
            header = ReadSegment(header, marker, file.Slice(at + 2, length - 2));
            if (header.Fault is not null)
                return header;
            scanned |= marker == StartOfScan;
            at += length;
        }
    }

    /// <summary>The place of the next marker's code; −1 for none. In image data FF 00 is a value and D0 to D7 only divide it.</summary>
    private static int NextMarker(ReadOnlySpan<byte> file, int at)
    {
        while (at < file.Length)
        {
            var found = file[at..].IndexOf((byte)0xFF);
            if (found < 0)
                return -1;
            at += found + 1;
            while (at < file.Length && file[at] == 0xFF)
                at++;
            if (at < file.Length && file[at] is not (0 or (>= 0xD0 and <= 0xD7)))
                return at;
        }
        return -1;
    }

    private static ImageHeader ReadSegment(ImageHeader header, byte marker, ReadOnlySpan<byte> segment)
    {
        if (marker == App1 && segment.StartsWith(Exif.Prefix))
            return header with { Orientation = Exif.Orientation(segment[Exif.Prefix.Length..]) };
        if (marker == StartOfScan && header.Width == 0 && header.Height == 0)
            return header with { Fault = "The JPEG file is damaged: its image data comes before the header that gives its size" };
        // C0 to CF are frame headers but for three tables.
        if (marker is < 0xC0 or > 0xCF or 0xC4 or 0xC8 or 0xCC)
            return header;
        if (header.Width > 0 || segment.Length < 6)
            return header with { Fault = header.Width > 0 ? "The JPEG file is damaged: it gives its size twice" : "The JPEG file is damaged: the header that gives its size is too short" };
        var (height, width) = (BinaryPrimitives.ReadUInt16BigEndian(segment[1..]), BinaryPrimitives.ReadUInt16BigEndian(segment[3..]));
        return (header with { Width = width, Height = height }).Checked();
    }
}
