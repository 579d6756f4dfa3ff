using System.Buffers.Binary;

namespace Microsoft.ML.Distillation.Headers;

/// <summary>BMP: its two headers, and as many bytes as rows of that size take.</summary>
internal static class BmpHeader
{
    private const string Format = "BMP";
    private const int Shortest = 26, CoreHeader = 12, InfoHeader = 40;
    private const uint Uncompressed = 0, BitFields = 3, AlphaBitFields = 6;

    public static ReadOnlySpan<byte> Start => "BM"u8;

    public static ImageHeader Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < Shortest)
            return ImageHeader.CutShort(Format, file.Length, "it ends within its header");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(file[14..]);
        if (length == CoreHeader)
            return Whole(file, BinaryPrimitives.ReadUInt16LittleEndian(file[18..]), BinaryPrimitives.ReadUInt16LittleEndian(file[20..]), BinaryPrimitives.ReadUInt16LittleEndian(file[24..]), Uncompressed);
        if (length < InfoHeader || file.Length < 14 + InfoHeader)
            return ImageHeader.CutShort(Format, file.Length, "it ends within its header");
        var (width, height) = (BinaryPrimitives.ReadInt32LittleEndian(file[18..]), BinaryPrimitives.ReadInt32LittleEndian(file[22..]));
        // Negative: rows from top to bottom.
        return height == int.MinValue
            ? ImageHeader.Broken(Format, "The BMP file is damaged: its height is out of range")
            : Whole(file, width, Math.Abs(height), BinaryPrimitives.ReadUInt16LittleEndian(file[28..]), BinaryPrimitives.ReadUInt32LittleEndian(file[30..]));
    }

    private static ImageHeader Whole(ReadOnlySpan<byte> file, int width, int height, int bits, uint compression)
    {
        var header = new ImageHeader(Format, width, height).Checked();
        if (header.Fault is not null || compression is not (Uncompressed or BitFields or AlphaBitFields))
            return header;
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(file[10..]);
        // Rows are padded to 4 bytes; the product is beyond 64 bits only for sizes that no limit lets through.
        var needed = offset + (UInt128)(((ulong)width * (ulong)bits + 31) / 32 * 4) * (ulong)height;
        return needed <= (ulong)file.Length ? header : ImageHeader.CutShort(Format, file.Length, $"{needed} bytes are needed for its {width}×{height} pixels", width, height);
    }
}
