using Microsoft.ML;

namespace Samples.ObjectDetection.Data;

/// <summary>Finds annotations in PASCAL VOC's format: XML files in <c>Annotations</c> or beside the images, with the challenge's lists of images or in a folder a split.</summary>
internal static class VocFinder
{
    public static IEnumerable<AnnotatedPart> Find(DirectoryInfo root)
    {
        var children = Folders.SplitChildren(root).Where(pair => HasXml(AnnotationsOf(pair.Folder))).ToArray();
        if (children.Length > 0)
            return children.Select(pair => Part(pair.Split, pair.Folder));
        if (!HasXml(AnnotationsOf(root)))
            return [];
        var lists = Folders.Child(root, "ImageSets") is { } sets ? Lists(Folders.Child(sets, "Main") ?? sets) : [];
        return lists.Length > 0 ? lists.Select(list => Part(Splits.Of(Path.GetFileNameWithoutExtension(list.Name)), root, list.FullName)) : [Part(Split.None, root)];
    }

    private static AnnotatedPart Part(Split split, DirectoryInfo folder, string? list = null)
    {
        var images = (Folders.Child(folder, "JPEGImages", "images") ?? folder).FullName;
        return new AnnotatedPart(split, ml => ml.LoadPascalVocAnnotations(AnnotationsOf(folder).FullName, images, list));
    }

    // The challenge has lists of every class too (cat_train.txt), and one of train and val together, whose name tells nothing.
    private static FileInfo[] Lists(DirectoryInfo folder)
        => [.. Folders.Files(folder, ".txt").Where(file => !file.Name.Contains('_') && Splits.Of(Path.GetFileNameWithoutExtension(file.Name)) != Split.None)];

    private static DirectoryInfo AnnotationsOf(DirectoryInfo folder) => Folders.Child(folder, "Annotations") ?? folder;

    private static bool HasXml(DirectoryInfo folder) => Folders.Files(folder, ".xml").Any();
}
