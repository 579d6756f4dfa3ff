using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Tests.Data;

/// <summary>Pixel stores with drawn content.</summary>
internal static class Stores
{
    /// <summary>Random pixels, whose first two bytes are the row's number; its class is the number modulo 7.</summary>
    public static PixelStore Numbered(int rows, ImageSize size, long memoryBudget = long.MaxValue, string? folder = null)
    {
        var store = new PixelStore(size, memoryBudget, folder ?? Path.GetTempPath());
        var random = new Random(42);
        for (var row = 0; row < rows; row++)
        {
            var pixels = store.Add(row % 7);
            random.NextBytes(pixels);
            (pixels[0], pixels[1]) = ((byte)(row >> 8), (byte)row);
        }
        return store;
    }

    public static int NumberOf(ReadOnlySpan<byte> pixels) => pixels[0] << 8 | pixels[1];
}
