using System.Buffers.Binary;

namespace Benchmarks.RetrainingApp;

/// <summary>Tiny BMP files, as many different ones as one likes.</summary>
internal static class Bitmaps
{
    private const int Side = 8, Header = 54, BitsPerPixel = 24;

    public static byte[] Of(int number)
    {
        var file = new byte[Header + Side * Side * BitsPerPixel / 8];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), Header);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), Side);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), Side);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), BitsPerPixel);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(Header), number);
        return file;
    }

    /// <summary>One that says it has 100 million pixels.</summary>
    public static byte[] Huge()
    {
        var file = Of(0);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), 10_000);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), 10_000);
        return file;
    }
}
