using System.Text.Json;
using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.Samples.ObjectDetection;

/// <summary>Data sets of two classes as tools lay them out: every image has one object, a <c>cat</c> at 2 3 6 8 or a <c>dog</c> at 1 1 5 4, by turns.</summary>
internal static class AnnotatedFolders
{
    public const int Width = 16, Height = 12;

    public static readonly float[] Cat = [2, 3, 6, 8], Dog = [1, 1, 5, 4];

    /// <summary>Images <c>0.png</c> … in a folder.</summary>
    public static void Images(this TemporaryFolder folder, string path, int count)
    {
        Directory.CreateDirectory(folder[path]);
        using var image = MLImage.CreateFromPixels(Width, Height, MLPixelFormat.Rgba32, new byte[4 * Width * Height]);
        for (var i = 0; i < count; i++)
            image.Save(Path.Combine(folder[path], $"{i}.png"));
    }

    public static string Coco(int count) => JsonSerializer.Serialize(new
    {
        info = new { },
        images = Enumerable.Range(0, count).Select(i => new { id = i, file_name = $"{i}.png" }),
        categories = new[] { new { id = 0, name = Name(0) }, new { id = 1, name = Name(1) } },
        annotations = Enumerable.Range(0, count).Select(i => new { id = i, image_id = i, category_id = i % 2, bbox = CornerAndSize(i) }),
    });

    public static string Vott(int count) => JsonSerializer.Serialize(new
    {
        name = "pets",
        assets = Enumerable.Range(0, count).ToDictionary(i => $"{i}", i => new
        {
            asset = new { name = $"{i}.png", size = new { width = Width, height = Height } },
            regions = new[]
            {
                new
                {
                    tags = new[] { Name(i) },
                    boundingBox = new { left = CornerAndSize(i)[0], top = CornerAndSize(i)[1], width = CornerAndSize(i)[2], height = CornerAndSize(i)[3] },
                },
            },
        }),
    });

    public static string Voc(int i)
    {
        var box = i % 2 == 0 ? Cat : Dog;
        return $"<annotation><filename>{i}.png</filename><object><name>{Name(i)}</name><bndbox><xmin>{box[0]}</xmin><ymin>{box[1]}</ymin><xmax>{box[2]}</xmax><ymax>{box[3]}</ymax></bndbox></object></annotation>";
    }

    public static string Yolo(int i)
    {
        var box = i % 2 == 0 ? Cat : Dog;
        return FormattableString.Invariant($"{i % 2} {(box[0] + box[2]) / 2 / Width:R} {(box[1] + box[3]) / 2 / Height:R} {(box[2] - box[0]) / Width:R} {(box[3] - box[1]) / Height:R}\n");
    }

    private static string Name(int i) => i % 2 == 0 ? "cat" : "dog";

    private static float[] CornerAndSize(int i)
    {
        var box = i % 2 == 0 ? Cat : Dog;
        return [box[0], box[1], box[2] - box[0], box[3] - box[1]];
    }
}
