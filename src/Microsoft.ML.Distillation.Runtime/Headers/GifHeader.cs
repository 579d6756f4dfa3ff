using System.Buffers.Binary;

namespace Microsoft.ML.Distillation.Headers;

/// <summary>GIF (89a): blocks up to the trailer. Its first frame must be whole; later ones are never shown.</summary>
internal static class GifHeader
{
    private const string Format = "GIF";
    private const byte Extension = 0x21, Image = 0x2C;
    private const int ScreenEnd = 13, DescriptorLength = 9, Beyond = int.MaxValue;

    public static ReadOnlySpan<byte> Start => "GIF8"u8;

    public static ImageHeader Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < ScreenEnd)
            return ImageHeader.CutShort(Format, file.Length, "it ends within its header");
        var header = new ImageHeader(Format, BinaryPrimitives.ReadUInt16LittleEndian(file[6..]), BinaryPrimitives.ReadUInt16LittleEndian(file[8..])).Checked();
        if (header.Fault is not null)
            return header;
        var frames = 0;
        for (var at = ScreenEnd + Colours(file[10]); at < file.Length;)
        {
            var kind = file[at++];
            if (kind is not (Extension or Image))
                return frames > 0 ? header : header with { Fault = "The GIF file has no image in it" };
            if (kind == Image)
            {
                if (++frames == 2)
                    return header with { Animated = true };
                // The descriptor's last byte says how many colours follow it; then comes the code size.
                at += at + DescriptorLength <= file.Length ? DescriptorLength + Colours(file[at + DescriptorLength - 1]) + 1 : DescriptorLength;
            }
            else
                at++;
            at = SkipBlocks(file, at);
            if (at == Beyond && (kind == Image || frames == 0))
                return CutShort(file, header);
        }
        return frames > 0 ? header : CutShort(file, header);
    }

    private static ImageHeader CutShort(ReadOnlySpan<byte> file, ImageHeader header) =>
        ImageHeader.CutShort(Format, file.Length, "it ends before its first frame does", header.Width, header.Height);

    private static int Colours(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

    private static int SkipBlocks(ReadOnlySpan<byte> file, int at)
    {
        while (at < file.Length && file[at] != 0)
            at += file[at] + 1;
        return at < file.Length ? at + 1 : Beyond;
    }
}
