using System.Text.Json;
using Microsoft.ML.Data;

namespace Samples.ObjectDetection.Drawing;

/// <summary>Writes scenes as a data set in COCO's format, so that drawn images take the way of all others.</summary>
internal static class SceneFiles
{
    public static void Write(string folder, int count, int seed, ulong stream, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var scenes = new IReadOnlyList<SceneObject>[count];
        Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            var scene = ScenePainter.Paint((ulong)seed, stream, (ulong)i);
            using var image = MLImage.CreateFromPixels(ScenePainter.Size, ScenePainter.Size, MLPixelFormat.Rgba32, scene.Pixels);
            image.Save(Path.Combine(folder, Name(i)));
            scenes[i] = scene.Objects;
        });
        File.WriteAllBytes(Path.Combine(folder, "_annotations.coco.json"), JsonSerializer.SerializeToUtf8Bytes(new
        {
            images = scenes.Select((_, i) => new { id = i, file_name = Name(i), width = ScenePainter.Size, height = ScenePainter.Size }),
            categories = ScenePainter.Classes.Select((name, i) => new { id = i, name }),
            annotations = scenes.SelectMany((objects, i) => objects.Select(found => (Image: i, found.Class, found.Box))).Select((found, i) => new
            {
                id = i,
                image_id = found.Image,
                category_id = found.Class,
                bbox = new[] { found.Box.X0, found.Box.Y0, found.Box.X1 - found.Box.X0, found.Box.Y1 - found.Box.Y0 },
            }),
        }));
    }

    private static string Name(int i) => $"{i:00000}.png";
}
