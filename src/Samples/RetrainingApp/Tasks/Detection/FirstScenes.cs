using Microsoft.ML;
using Microsoft.ML.Distillation;
using Samples.Common.Drawing;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Tasks.Detection;

/// <summary>Images with objects marked on them: of a folder with a file in COCO's format, or drawn.</summary>
internal sealed class FirstScenes(MLContext ml, DataHome home)
{
    public IEnumerable<FirstImage> Read(string folder)
    {
        string[] files = [.. Directory.EnumerateFiles(folder, "*.json")];
        if (files.Length != 1)
            throw new InvalidDataException($"--images '{folder}' has {files.Length} .json files; with --task detection expected one, of annotations in COCO's format, and the images beside it or in the folder 'images'.");
        var beside = Path.Combine(folder, "images");
        var rows = ml.LoadCocoAnnotations(files[0], Directory.Exists(beside) ? beside : folder);
        foreach (var row in ml.Data.CreateEnumerable<AnnotatedImage>(rows, reuseRowObject: false))
        {
            var boxes = row.Label.Select((label, i) => BoxCheck.Clipped(
                new ObjectBox(label, row.BoundingBoxes[4 * i], row.BoundingBoxes[4 * i + 1], row.BoundingBoxes[4 * i + 2], row.BoundingBoxes[4 * i + 3]), row.Width, row.Height));
            ObjectBox[] whole = [.. boxes.Where(box => BoxCheck.IsLargeEnough(box.X0, box.Y0, box.X1, box.Y1))];
            yield return new FirstImage(File.ReadAllBytes(row.ImagePath), Path.GetFileName(row.ImagePath), Annotation.OfObjects(whole)) { Path = row.ImagePath };
        }
    }

    public IEnumerable<FirstImage> Draw(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var scene = ScenePainter.Paint(seed: 1, stream: 1, (ulong)i);
            var boxes = scene.Objects.Select(found => new ObjectBox(ScenePainter.Classes[found.Class], found.Box.X0, found.Box.Y0, found.Box.X1, found.Box.Y1));
            yield return new FirstImage(PngFile.Of(home.In("drawing.png"), ScenePainter.Size, scene.Pixels), $"scene {i + 1}.png", Annotation.OfObjects([.. boxes]));
        }
    }
}
