using Microsoft.ML.Data;
using Samples.Common.Drawing;

namespace Benchmarks.RetrainingApp;

/// <summary>PNG files of shapes, others than the app draws for itself.</summary>
internal static class Drawings
{
    public static byte[] Png(string shape, int index)
    {
        var path = Path.Combine(Path.GetTempPath(), $"drawing-{Guid.NewGuid():n}.png");
        try
        {
            var pixels = Painter.Paint(Array.FindIndex(Shapes.All, known => known.Name == shape), seed: 1, stream: 2, (ulong)index);
            using (var image = MLImage.CreateFromPixels(Painter.Size, Painter.Size, MLPixelFormat.Rgba32, pixels))
                image.Save(path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
