using System;
using System.IO;
using System.Runtime.InteropServices;

namespace Microsoft.ML.Data;

/// <summary>From pixels to the bytes of a JPEG or PNG file.</summary>
internal static unsafe class ImageEncoder
{
    // The real package asks its encoder for this too.
    private const int JpegQuality = 100;

    internal static byte[] Jpeg(MLImage image) => Collect((sink, context) =>
    {
        fixed (byte* pixels = image.Pixels)
            return ImageNative.EncodeJpeg(pixels, image.Width, image.Height, image.PixelFormat == MLPixelFormat.Rgba32 ? 1 : 0, JpegQuality, sink, context);
    });

    internal static byte[] Png(MLImage image)
    {
        byte[] plain = ToPlain(image, out int channels);
        int width = image.Width, height = image.Height;
        return Collect((sink, context) =>
        {
            fixed (byte* pixels = plain)
                return ImageNative.EncodePng(pixels, width, height, channels, sink, context);
        });
    }

    /// <summary>RGB where every pixel is opaque; else RGBA with the colours no longer multiplied by alpha, as PNG wants them.</summary>
    private static byte[] ToPlain(MLImage image, out int channels)
    {
        ReadOnlySpan<byte> from = image.Pixels;
        bool opaque = true;
        for (int i = 3; i < from.Length && opaque; i += 4)
            opaque = from[i] == 255;
        channels = opaque ? 3 : 4;
        int red = image.PixelFormat == MLPixelFormat.Rgba32 ? 0 : 2;
        var plain = new byte[from.Length / 4 * channels];
        for (int i = 0, o = 0; i < from.Length; i += 4, o += channels)
        {
            byte alpha = from[i + 3];
            plain[o] = Divide(from[i + red], alpha);
            plain[o + 1] = Divide(from[i + 1], alpha);
            plain[o + 2] = Divide(from[i + 2 - red], alpha);
            if (!opaque)
                plain[o + 3] = alpha;
        }
        return plain;
    }

    private static byte Divide(byte colour, byte alpha) =>
        alpha == 255 ? colour : alpha == 0 ? (byte)0 : (byte)Math.Min(255, (colour * 255 + alpha / 2) / alpha);

    private delegate int Encode(delegate* unmanaged<nint, byte*, int, void> sink, nint context);

    private static byte[] Collect(Encode encode)
    {
        var file = new MemoryStream();
        var handle = GCHandle.Alloc(file);
        try
        {
            if (encode(&Append, GCHandle.ToIntPtr(handle)) != 0)
                throw new InvalidOperationException($"The image could not be encoded: {ImageNative.Error}");
            return file.ToArray();
        }
        finally
        {
            handle.Free();
        }
    }

    [UnmanagedCallersOnly]
    private static void Append(nint context, byte* data, int length) =>
        ((MemoryStream)GCHandle.FromIntPtr(context).Target).Write(new ReadOnlySpan<byte>(data, length));
}
