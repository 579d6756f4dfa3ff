using System.Text.Json;
using Microsoft.ML.Data;

namespace Samples.Common.Drawing;

/// <summary>Writes scenes as a data set in COCO's format, so that drawn images take the way of all others.</summary>
internal static class SceneFiles
{
    /// <summary>The name of the annotations' file.</summary>
    public const string Annotations = "_annotations.coco.json";

    /// <summary>The folder of that many scenes, <c>train/</c> and <c>test/</c>, drawn unless it is there.</summary>
    public static string Once(string output, int seed, int training, int test, Action<string> say, CancellationToken cancellation)
        => DataFolder.Once(Path.Combine(output, "data", $"scenes{ScenePainter.Version}-{seed}-{training}-{test}"), folder =>
        {
            say($"Drawing {training + test} scenes.");
            Write(Path.Combine(folder, "train"), training, seed, 1, cancellation);
            Write(Path.Combine(folder, "test"), test, seed, 2, cancellation);
        });

    /// <summary>The same of scenes that are learned in minutes.</summary>
    public static string PlainOnce(string output, int seed, int training, int test, Action<string> say, CancellationToken cancellation)
        => DataFolder.Once(Path.Combine(output, "data", $"plain-scenes{ScenePainter.Version}-{seed}-{training}-{test}"), folder =>
        {
            say($"Drawing {training + test} scenes.");
            Write(Path.Combine(folder, "train"), training, i => PlainScenePainter.Paint((ulong)seed, 1, i), cancellation);
            Write(Path.Combine(folder, "test"), test, i => PlainScenePainter.Paint((ulong)seed, 2, i), cancellation);
        });

    public static void Write(string folder, int count, int seed, ulong stream, CancellationToken cancellation)
        => Write(folder, count, i => ScenePainter.Paint((ulong)seed, stream, i), cancellation);

    private static void Write(string folder, int count, Func<ulong, Scene> paint, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var scenes = new IReadOnlyList<SceneObject>[count];
        Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            var scene = paint((ulong)i);
            using var image = MLImage.CreateFromPixels(ScenePainter.Size, ScenePainter.Size, MLPixelFormat.Rgba32, scene.Pixels);
            image.Save(Path.Combine(folder, Name(i)));
            scenes[i] = scene.Objects;
        });
        File.WriteAllBytes(Path.Combine(folder, Annotations), JsonSerializer.SerializeToUtf8Bytes(new
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
