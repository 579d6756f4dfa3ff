using System;
using System.Runtime.InteropServices;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Data;

/// <summary>Makes an image of another size.</summary>
internal static unsafe class ImageResizer
{
    // As a little-endian pixel, alpha last.
    private const uint OpaqueBlack = 0xFF000000;

    internal static MLImage Resize(MLImage source, int width, int height,
        ImageResizingEstimator.ResizingKind resizing, ImageResizingEstimator.Anchor anchor)
    {
        byte[] pixels = resizing == ImageResizingEstimator.ResizingKind.Fill
            ? Nearest(source, width, height)
            : Smooth(source, width, height, ImageGeometry.Place(source.Width, source.Height, width, height, resizing, anchor));
        return new MLImage(width, height, source.PixelFormat, pixels);
    }

    private static byte[] Nearest(MLImage source, int width, int height)
    {
        byte[] pixels = GC.AllocateUninitializedArray<byte>(width * height * 4);
        Span<uint> to = MemoryMarshal.Cast<byte, uint>(pixels.AsSpan());
        ReadOnlySpan<uint> from = MemoryMarshal.Cast<byte, uint>(source.Pixels);
        int sourceWidth = source.Width, sourceHeight = source.Height;
        var columns = new int[width];
        for (int x = 0; x < width; x++)
            columns[x] = Centre(x, width, sourceWidth);
        for (int y = 0; y < height; y++)
        {
            var sourceRow = from.Slice(Centre(y, height, sourceHeight) * sourceWidth, sourceWidth);
            var row = to.Slice(y * width, width);
            for (int x = 0; x < row.Length; x++)
                row[x] = sourceRow[columns[x]];
        }
        return pixels;
    }

    /// <summary>The source pixel under the centre of a target pixel.</summary>
    private static int Centre(int target, int targetSize, int sourceSize) =>
        (int)((2L * target + 1) * sourceSize / (2L * targetSize));

    private static byte[] Smooth(MLImage source, int width, int height, ImageGeometry place)
    {
        var pixels = new byte[width * height * 4];
        // What the source does not cover is opaque black.
        MemoryMarshal.Cast<byte, uint>(pixels.AsSpan()).Fill(OpaqueBlack);
        fixed (byte* from = source.Pixels)
        fixed (byte* to = pixels)
            ImageNative.Draw(from, source.Width, source.Height, to, width, height, place.X, place.Y, place.Width, place.Height);
        return pixels;
    }
}
