using Microsoft.ML;
using Microsoft.ML.Distillation;

namespace Samples.ObjectDetection.Data;

/// <summary>Reads annotated images from a folder, in whichever of four formats it holds.</summary>
internal sealed class DatasetReader(MLContext ml)
{
    private const double TestShare = .2;
    private const int Shown = 3;
    private const ulong Stream = 3;

    private static readonly (string Format, Func<DirectoryInfo, IEnumerable<AnnotatedPart>> Find)[] _formats =
    [
        ("COCO", JsonFinder.Coco),
        ("VoTT", JsonFinder.Vott),
        ("PASCAL VOC", VocFinder.Find),
        ("YOLO", YoloFinder.Find),
    ];

    /// <param name="path">A folder.</param>
    /// <param name="name">What reports call it.</param>
    /// <param name="seed">Of the split, where the folder has none.</param>
    /// <exception cref="InvalidDataException">It holds nothing that can be learned from; the message tells what was looked for.</exception>
    public Dataset Read(string path, string name, int seed)
    {
        var root = Folders.Unwrap(new DirectoryInfo(path));
        foreach (var (format, find) in _formats)
        {
            if (find(root).ToList() is { Count: > 0 } parts)
                return Arrange(root.FullName, name, format, parts, seed);
        }
        throw new InvalidDataException($"'{path}' holds no annotated images. Looked for: COCO's or VoTT's JSON files; PASCAL VOC's XML files, in Annotations/ or beside the images; "
            + "YOLO's text files, in labels/ or beside the images, with data.yaml, classes.txt or obj.names.");
    }

    private Dataset Arrange(string folder, string name, string format, List<AnnotatedPart> parts, int seed)
    {
        // Where some parts tell what they are for, others may be the whole again.
        var told = parts.Exists(part => part.Split == Split.Train);
        if (!told && parts.Find(part => part.Split != Split.None) is { } untold)
            throw new InvalidDataException($"'{folder}' has annotations for {untold.Split.ToString().ToLowerInvariant()} in {format}'s format, and none for training. Add them, in a folder or list named 'train'.");
        var (train, validation, test) = (Rows(parts, told ? Split.Train : Split.None), Rows(parts, Split.Validation), Rows(parts, Split.Test));
        if (test.Count == 0)
            (test, validation) = (validation, []);
        if (test.Count == 0)
            (test, train) = Dataset.Drawn(train, Math.Max(1, (int)Math.Round(TestShare * train.Count)), seed, Stream);
        (train, validation) = ([.. train.Select(Dataset.WithoutCrowds)], [.. validation.Select(Dataset.WithoutCrowds)]);
        var objects = Objects(train, validation, test);
        (train, validation, test) = ([.. train.Select(WithoutEmptyBoxes)], [.. validation.Select(WithoutEmptyBoxes)], [.. test.Select(WithoutEmptyBoxes)]);
        return Checked(folder, new Dataset(name, format, Classes([.. train, .. validation, .. test]), train, validation, test) { LeftOut = objects - Objects(train, validation, test) });
    }

    private List<AnnotatedImage> Rows(List<AnnotatedPart> parts, Split split)
        => [.. parts.Where(part => part.Split == split).SelectMany(part => ml.Data.CreateEnumerable<AnnotatedImage>(part.Load(ml), reuseRowObject: false))];

    private static int Objects(params IReadOnlyList<AnnotatedImage>[] parts) => parts.Sum(part => part.Sum(row => row.Label.Length));

    // Those of the test too, of which no model could find any.
    private static AnnotatedImage WithoutEmptyBoxes(AnnotatedImage row)
        => Dataset.Only(row, i => row.BoundingBoxes[4 * i + 2] > row.BoundingBoxes[4 * i] && row.BoundingBoxes[4 * i + 3] > row.BoundingBoxes[4 * i + 1]);

    private static string[] Classes(AnnotatedImage[] rows) => [.. rows.SelectMany(row => row.Label).Distinct().Order(StringComparer.Ordinal)];

    private static Dataset Checked(string folder, Dataset dataset)
    {
        if (dataset.Train.Count == 0 || dataset.Train.All(row => row.Label.Length == 0))
            throw new InvalidDataException($"'{folder}' has {dataset.Train.Count} images for training in {dataset.Format}'s format, and no object in them; a detector learns from objects.");
        if (dataset.Test.All(row => row.Label.Length == 0))
            throw new InvalidDataException($"'{folder}' has {dataset.Test.Count} images for test in {dataset.Format}'s format, and no object in them; there is nothing to be judged by.");
        string[] missing = [.. dataset.Train.Concat(dataset.Validation).Concat(dataset.Test).Select(row => row.ImagePath).Where(path => !File.Exists(path))];
        return missing.Length == 0 ? dataset : throw new InvalidDataException(
            $"'{folder}': {missing.Length} images are annotated and not there: {string.Join(", ", missing.Take(Shown))}{(missing.Length > Shown ? ", …" : "")}. Add them, or take them out of the annotations.");
    }
}
