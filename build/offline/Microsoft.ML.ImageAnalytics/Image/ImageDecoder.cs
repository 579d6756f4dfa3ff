using System;
using System.IO;

namespace Microsoft.ML.Data;

/// <summary>From the bytes of an image file to BGRA pixels.</summary>
internal static unsafe class ImageDecoder
{
    // What a pixel index times four may reach.
    private const long MaxPixels = int.MaxValue / 4;

    /// <summary>The pixels, or null with the reason in <paramref name="error"/>.</summary>
    internal static byte[] TryDecode(ReadOnlySpan<byte> file, out int width, out int height, out string error)
    {
        width = height = 0;
        fixed (byte* data = file)
        {
            if (file.IsEmpty || ImageNative.Size(data, file.Length, out width, out height) != 0)
            {
                error = file.IsEmpty ? "it is empty" : $"it is not a JPEG, PNG, GIF or BMP image that can be read ({ImageNative.Error})";
                return null;
            }
            if (width <= 0 || height <= 0 || (long)width * height > MaxPixels)
            {
                error = $"its size of {width} x {height} pixels is not between 1 and {MaxPixels} pixels";
                return null;
            }
            byte[] pixels = GC.AllocateUninitializedArray<byte>(width * height * 4);
            fixed (byte* bgra = pixels)
                error = ImageNative.Decode(data, file.Length, width, height, bgra) == 0 ? null : $"its data is corrupt ({ImageNative.Error})";
            return error == null ? pixels : null;
        }
    }

    /// <summary>Everything the stream still holds, without a copy where it is a memory stream that shows its buffer.</summary>
    internal static ReadOnlySpan<byte> ReadRest(Stream stream)
    {
        if (stream is MemoryStream { } memory && memory.TryGetBuffer(out var buffer))
        {
            int start = (int)Math.Min(memory.Position, buffer.Count);
            memory.Position = buffer.Count;
            return buffer.AsSpan(start);
        }
        var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.GetBuffer().AsSpan(0, (int)copy.Length);
    }
}
