using Microsoft.ML;

namespace Samples.ObjectDetection.Data;

/// <summary>Finds annotations in YOLO's format: text files in <c>labels</c> or beside the images, a folder a split or none, with a file that names the classes.</summary>
internal static class YoloFinder
{
    public static IEnumerable<AnnotatedPart> Find(DirectoryInfo root)
    {
        var pairs = Pairs(root);
        return ClassesFile(root, pairs) is { } classes
            ? pairs.Select(pair => new AnnotatedPart(pair.Split, ml => ml.LoadYoloAnnotations(pair.Labels.FullName, pair.Images.FullName, classes)))
            : [];
    }

    private static (Split Split, DirectoryInfo Labels, DirectoryInfo Images)[] Pairs(DirectoryInfo root)
    {
        // train/labels and train/images, or all in train/
        var children = Folders.SplitChildren(root).Select(pair => (pair.Split, Pair: Pair(pair.Folder))).Where(pair => pair.Pair is not null)
            .Select(pair => (pair.Split, pair.Pair!.Value.Labels, pair.Pair.Value.Images)).ToArray();
        if (children.Length > 0 || Pair(root) is not { } whole)
            return children;
        // labels/train and images/train
        var nested = Folders.SplitChildren(whole.Labels).Select(pair => (pair.Split, pair.Folder, Images: Folders.Child(whole.Images, pair.Folder.Name)))
            .Where(pair => pair.Images is not null).Select(pair => (pair.Split, pair.Folder, pair.Images!)).ToArray();
        return nested.Length > 0 ? nested : [(Split.None, whole.Labels, whole.Images)];
    }

    private static (DirectoryInfo Labels, DirectoryInfo Images)? Pair(DirectoryInfo folder)
        => Folders.Child(folder, "labels") is { } labels && Folders.Child(folder, "images") is { } images ? (labels, images)
            : HasTextBesideImages(folder) ? (folder, folder) : null;

    private static bool HasTextBesideImages(DirectoryInfo folder)
        => Folders.Files(folder).Any(file => Folders.IsImage(file.Name) && File.Exists(Path.ChangeExtension(file.FullName, ".txt")));

    private static string? ClassesFile(DirectoryInfo root, (Split Split, DirectoryInfo Labels, DirectoryInfo Images)[] pairs)
        => pairs.SelectMany(pair => new[] { pair.Labels, pair.Labels.Parent! }).Prepend(root)
            .SelectMany(folder => Folders.Files(folder).OrderBy(Rank).Where(file => Rank(file) < int.MaxValue)).Select(file => file.FullName).FirstOrDefault();

    // What is meant for classes before what only may be.
    private static int Rank(FileInfo file) => (file.Name.ToLowerInvariant(), file.Extension.ToLowerInvariant()) switch
    {
        ("data.yaml" or "data.yml", _) => 0,
        ("classes.txt", _) => 1,
        (_, ".names" or ".labels") => 2,
        (_, ".yaml" or ".yml") when File.ReadLines(file.FullName).Any(line => line.StartsWith("names", StringComparison.Ordinal)) => 3,
        _ => int.MaxValue,
    };
}
