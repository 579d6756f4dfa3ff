using Microsoft.ML.Data;
using Samples.Common.Drawing;

namespace Benchmarks.RetrainingApp;

/// <summary>PNG files of shapes, others than the app draws for itself.</summary>
internal static class Drawings
{
    public static byte[] Png(string shape, int index) => Png(Painter.Size, Painter.Paint(Array.FindIndex(Shapes.All, known => known.Name == shape), seed: 1, stream: 2, (ulong)index));

    /// <summary>A scene of several shapes, and where they are.</summary>
    public static (byte[] Png, AppBox[] Boxes) Scene(int index)
    {
        var scene = ScenePainter.Paint(seed: 1, stream: 2, (ulong)index);
        return (Png(ScenePainter.Size, scene.Pixels), [.. scene.Objects.Select(found => new AppBox(ScenePainter.Classes[found.Class], found.Box.X0, found.Box.Y0, found.Box.X1, found.Box.Y1))]);
    }

    private static byte[] Png(int side, byte[] pixels)
    {
        var path = Path.Combine(Path.GetTempPath(), $"drawing-{Guid.NewGuid():n}.png");
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
