using Microsoft.ML.Data;
using Microsoft.ML.Distillation;
using Samples.ObjectDetection.Data;

namespace Samples.ObjectDetection.Pictures;

/// <summary>Draws some of the test images with what was found on them, and what is there.</summary>
internal sealed class PictureBook(Dataset dataset)
{
    /// <summary>A model gives out all that it has; what is less sure than this is not drawn.</summary>
    public const float LeastScore = .25f;

    private const int Most = 12;
    private readonly Dictionary<string, int> _places = dataset.Classes.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i);
    private readonly BoxPicture _picture = new(dataset.Classes);

    /// <summary>Writes a picture of every so many test images, in place of those of an earlier run.</summary>
    /// <param name="found">What is found on the test images, in their order.</param>
    public void Write(string folder, IEnumerable<Detections> found)
    {
        Directory.CreateDirectory(folder);
        foreach (var old in Directory.EnumerateFiles(folder, "*.png"))
            File.Delete(old);
        var count = Math.Min(Most, dataset.Test.Count);
        var places = Enumerable.Range(0, count).Select(i => (2 * i + 1) * dataset.Test.Count / (2 * count)).ToHashSet();
        foreach (var (row, detections, i) in dataset.Test.Zip(found, Enumerable.Range(0, dataset.Test.Count)).Where(all => places.Contains(all.Third)))
        {
            using var image = MLImage.CreateFromFile(row.ImagePath);
            _picture.Draw(image, Boxes(row, detections)).SaveAsPng(Path.Combine(folder, $"{i:0000}-{Path.GetFileNameWithoutExtension(row.ImagePath)}.png"));
        }
    }

    private IEnumerable<DrawnBox> Boxes(AnnotatedImage row, Detections found)
        => found.Score.Select((score, i) => new DrawnBox(_places[found.PredictedName[i]], found.PredictedBoundingBoxes.AsMemory(4 * i, 4), score)).Where(box => box.Score >= LeastScore)
            .Concat(row.Label.Select((label, i) => new DrawnBox(_places[label], row.BoundingBoxes.AsMemory(4 * i, 4))));
}
