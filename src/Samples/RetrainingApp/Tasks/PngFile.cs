using Microsoft.ML.Data;

namespace Samples.RetrainingApp.Tasks;

/// <summary>Drawn pixels as the file that somebody could have uploaded.</summary>
internal static class PngFile
{
    /// <param name="path">Where it lies for a moment.</param>
    /// <param name="pixels">Red, green, blue and opacity of a square's pixels, a byte each.</param>
    public static byte[] Of(string path, int side, byte[] pixels)
    {
        try
        {
            using (var image = MLImage.CreateFromPixels(side, side, MLPixelFormat.Rgba32, pixels))
                image.Save(path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
