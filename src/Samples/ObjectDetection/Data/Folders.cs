namespace Samples.ObjectDetection.Data;

/// <summary>Folders as data sets have them: names in whichever case, and what systems leave in them passed over.</summary>
internal static class Folders
{
    private static readonly HashSet<string> _images = new([".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp"], StringComparer.OrdinalIgnoreCase);

    // Annotations, lists of names, and what tells the classes' names.
    private static readonly HashSet<string> _texts = new([".json", ".xml", ".txt", ".yaml", ".yml", ".names", ".labels"], StringComparer.OrdinalIgnoreCase);

    public static bool IsImage(string path) => _images.Contains(Path.GetExtension(path)) && !IsHidden(Path.GetFileName(path));

    /// <summary>Whether a file is part of a data set.</summary>
    public static bool IsData(string path) => IsImage(path) || (_texts.Contains(Path.GetExtension(path)) && !IsHidden(Path.GetFileName(path)));

    /// <summary>Archives often hold everything in one folder of their own: that folder, or the folder itself.</summary>
    public static DirectoryInfo Unwrap(DirectoryInfo folder)
        => Children(folder) is [var only] && Splits.Of(only.Name) == Split.None && Files(folder).All(file => !IsImage(file.Name)) && Children(only).Length > 0 ? Unwrap(only) : folder;

    public static DirectoryInfo[] Children(DirectoryInfo folder)
        => [.. folder.EnumerateDirectories().Where(child => !IsHidden(child.Name)).OrderBy(child => child.Name, StringComparer.Ordinal)];

    /// <summary>The first child that has one of the names, in their order; null if there is none.</summary>
    public static DirectoryInfo? Child(DirectoryInfo folder, params string[] names)
    {
        var children = Children(folder);
        return names.Select(name => Array.Find(children, child => child.Name.Equals(name, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(child => child is not null);
    }

    /// <summary>Children that are for something.</summary>
    public static IEnumerable<(Split Split, DirectoryInfo Folder)> SplitChildren(DirectoryInfo folder)
        => Children(folder).Select(child => (Splits.Of(child.Name), child)).Where(pair => pair.Item1 != Split.None);

    /// <param name="extension">With its dot; null for all.</param>
    public static IEnumerable<FileInfo> Files(DirectoryInfo folder, string? extension = null)
        => folder.EnumerateFiles().Where(file => !IsHidden(file.Name) && (extension is null || file.Extension.Equals(extension, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(file => file.Name, StringComparer.Ordinal);

    private static bool IsHidden(string name) => name.StartsWith('.') || name == "__MACOSX";
}
