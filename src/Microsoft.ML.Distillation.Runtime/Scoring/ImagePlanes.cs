using System.Numerics;
using System.Runtime.InteropServices;

namespace Microsoft.ML.Distillation.Scoring;

/// <summary>The red, green and blue planes of an image, 0…255, as ML.NET's <c>ExtractPixels</c> gives them where nobody asks for anything else.</summary>
internal static class ImagePlanes
{
    private const int PixelBytes = 4;

    /// <param name="pixels">Four bytes each: red, green and blue or the other way round, then alpha.</param>
    /// <param name="planes">Three values a pixel.</param>
    public static void Write(ReadOnlySpan<byte> pixels, bool blueFirst, Span<float> planes)
    {
        var count = pixels.Length / PixelBytes;
        ArgumentOutOfRangeException.ThrowIfNotEqual(planes.Length, 3 * count);
        var red = planes[..count];
        var second = planes.Slice(count, count);
        var blue = planes[(2 * count)..];
        var first = blueFirst ? blue : red;
        var third = blueFirst ? red : blue;
        for (var i = WriteVectors(pixels, first, second, third); i < count; i++)
            (first[i], second[i], third[i]) = (pixels[PixelBytes * i], pixels[PixelBytes * i + 1], pixels[PixelBytes * i + 2]);
    }

    /// <returns>How many pixels were written.</returns>
    private static int WriteVectors(ReadOnlySpan<byte> pixels, Span<float> first, Span<float> second, Span<float> third)
    {
        if (!BitConverter.IsLittleEndian)
            return 0;
        var words = MemoryMarshal.Cast<byte, uint>(pixels);
        var i = 0;
        for (; i <= words.Length - Vector<uint>.Count; i += Vector<uint>.Count)
        {
            var word = new Vector<uint>(words[i..]);
            Lowest(word).CopyTo(first[i..]);
            Lowest(word >>> 8).CopyTo(second[i..]);
            Lowest(word >>> 16).CopyTo(third[i..]);
        }
        return i;
    }

    // Conversion from signed numbers is one instruction.
    private static Vector<float> Lowest(Vector<uint> words) => Vector.ConvertToSingle(Vector.AsVectorInt32(words & new Vector<uint>(255)));
}
