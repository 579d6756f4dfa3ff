using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Reports;

/// <summary>Pixels as the bytes of a PNG file.</summary>
internal static class PngFile
{
    /// <param name="planes">Red, green and blue planes, 3×H×W, 0…255; beyond that they are cut off.</param>
    /// <param name="folder">For the file that ML.NET's encoder writes; it is gone when this returns.</param>
    public static byte[] Encode(ReadOnlySpan<float> planes, ImageSize size, string folder)
    {
        var plane = (int)size.Pixels;
        var rgba = new byte[4 * plane];
        for (var i = 0; i < rgba.Length; i++)
            rgba[i] = i % 4 == 3 ? byte.MaxValue : (byte)Math.Clamp(MathF.Round(planes[i % 4 * plane + i / 4]), 0, byte.MaxValue);
        using var image = MLImage.CreateFromPixels(size.Width, size.Height, MLPixelFormat.Rgba32, rgba);
        var path = Path.Combine(folder, $"distillation-{Guid.NewGuid():N}.png");
        try
        {
            image.Save(path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
