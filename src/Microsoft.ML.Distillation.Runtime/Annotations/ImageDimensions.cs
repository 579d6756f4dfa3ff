using System.Buffers.Binary;

namespace Microsoft.ML.Distillation.Annotations;

/// <summary>The size of an image by the header of its file, without decoding it.</summary>
internal static class ImageDimensions
{
    private const int HeaderBytes = 32;
    private const int MostSegments = 4096;

    /// <returns>Width and height as they are stored (no rotation applied); null if the file is none of JPEG, PNG, GIF, BMP, WebP, or ends too early.</returns>
    public static (int Width, int Height)? Read(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> buffer = stackalloc byte[HeaderBytes];
        buffer = buffer[..file.ReadAtLeast(buffer, HeaderBytes, throwOnEndOfStream: false)];
        var size = buffer switch
        {
            [0xFF, 0xD8, ..] => Jpeg(file),
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] when buffer.Length >= 24 => (BinaryPrimitives.ReadInt32BigEndian(buffer[16..]), BinaryPrimitives.ReadInt32BigEndian(buffer[20..])),
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] when buffer.Length >= 10 => (Short(buffer, 6), Short(buffer, 8)),
            [(byte)'B', (byte)'M', ..] when buffer.Length >= 26 => Bitmap(buffer),
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] when buffer.Length >= 30 => WebP(buffer),
            _ => null,
        };
        return size is (> 0, > 0) ? size : null;
    }

    private static int Short(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static (int, int)? Bitmap(ReadOnlySpan<byte> bytes)
    {
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[14..]) == 12)
            return (Short(bytes, 18), Short(bytes, 20));
        var height = BinaryPrimitives.ReadInt32LittleEndian(bytes[22..]); // negative where rows go from the top
        return height == int.MinValue ? null : (BinaryPrimitives.ReadInt32LittleEndian(bytes[18..]), Math.Abs(height));
    }

    private static (int, int)? WebP(ReadOnlySpan<byte> bytes) => bytes[15] switch
    {
        (byte)' ' => (Short(bytes, 26) & 0x3FFF, Short(bytes, 28) & 0x3FFF),
        (byte)'L' => (((bytes[22] & 0x3F) << 8 | bytes[21]) + 1, ((bytes[24] & 0xF) << 10 | bytes[23] << 2 | bytes[22] >> 6) + 1),
        (byte)'X' => ((bytes[26] << 16 | bytes[25] << 8 | bytes[24]) + 1, (bytes[29] << 16 | bytes[28] << 8 | bytes[27]) + 1),
        _ => null,
    };

    /// <summary>Goes from segment to segment up to the frame header, which may be far behind a preview or a colour profile.</summary>
    private static (int, int)? Jpeg(FileStream file)
    {
        Span<byte> segment = stackalloc byte[9];
        file.Position = 2;
        for (var i = 0; i < MostSegments; i++)
        {
            if (file.ReadAtLeast(segment[..4], 4, throwOnEndOfStream: false) < 4 || segment[0] != 0xFF)
                return null;
            if (segment[1] == 0xFF) // a filling byte
            {
                file.Position -= 3;
                continue;
            }
            var length = BinaryPrimitives.ReadUInt16BigEndian(segment[2..]);
            var isFrame = segment[1] is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
            if (isFrame)
                return file.ReadAtLeast(segment[..5], 5, throwOnEndOfStream: false) < 5 ? null : (BinaryPrimitives.ReadUInt16BigEndian(segment[3..]), BinaryPrimitives.ReadUInt16BigEndian(segment[1..]));
            if (length < 2)
                return null;
            file.Position += length - 2;
        }
        return null;
    }
}
