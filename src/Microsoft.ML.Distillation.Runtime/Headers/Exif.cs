using System.Buffers.Binary;

namespace Microsoft.ML.Distillation.Headers;

/// <summary>EXIF's orientation: tag 0112 of a TIFF structure's first directory. Whatever is not understood counts as upright.</summary>
internal static class Exif
{
    public const int Upright = 1;

    private const ushort OrientationTag = 0x0112;

    /// <summary>What comes before the TIFF structure in a JPEG segment.</summary>
    public static ReadOnlySpan<byte> Prefix => "Exif\0\0"u8;

    /// <param name="tiff">The structure itself, which begins with its byte order.</param>
    public static int Orientation(ReadOnlySpan<byte> tiff)
    {
        var little = tiff.StartsWith("II"u8);
        if (tiff.Length < 8 || (!little && !tiff.StartsWith("MM"u8)))
            return Upright;
        var first = little ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (first > tiff.Length - 2)
            return Upright;
        var directory = tiff[(int)first..];
        var entries = UInt16(directory, little);
        for (var i = 0; i < entries && 14 + 12 * i <= directory.Length; i++)
        {
            var entry = directory.Slice(2 + 12 * i, 12);
            if (UInt16(entry, little) == OrientationTag)
                return UInt16(entry[8..], little) is >= 1 and <= 8 and var orientation ? orientation : Upright;
        }
        return Upright;
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
