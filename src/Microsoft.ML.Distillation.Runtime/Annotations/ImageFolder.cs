using System.IO.Enumeration;

namespace Microsoft.ML.Distillation.Annotations;

/// <summary>The folder that all images of a data set lie in, and nothing outside of it.</summary>
internal sealed class ImageFolder(string path)
{
    private const int LinksShown = 3;
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp"];

    public string Path { get; } = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));

    /// <summary>The folder given or, without one, that of a file.</summary>
    public static ImageFolder Or(string? folder, string file) => new(string.IsNullOrEmpty(folder) ? System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(file))! : folder);

    public static bool IsImage(string file) => Extensions.Contains(System.IO.Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

    /// <summary>The full path of an image by its name in annotations, with whichever slashes.</summary>
    /// <param name="where">File and field that the name stands in.</param>
    /// <exception cref="InvalidDataException">The name leads out of the folder, or is none.</exception>
    public string Find(string? name, string where)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new InvalidDataException($"{where} is missing or empty; the name of an image file is needed.");
        var relative = name.Replace('\\', '/');
        if (!relative.Contains('\0') && !System.IO.Path.IsPathRooted(relative)
            && System.IO.Path.GetFullPath(relative, Path) is var full && full.StartsWith(Root, StringComparison.Ordinal) && full.Length > Root.Length)
            return full;
        throw new InvalidDataException($"{where} is '{AnnotationFile.Shown(name)}', which is not inside the folder of images, '{Path}'; give the folder that all images lie in.");
    }

    /// <summary>The last part of a name that begins at a root, Windows' or Unix', on either system: that root is another machine's. Other names as they are.</summary>
    public static string WithoutRoot(string name) => name is ['/' or '\\', ..] or [_, ':', ..] ? name[(name.LastIndexOfAny(['/', '\\', ':']) + 1)..] : name;

    /// <summary>The image of a name without extension; null if there is none.</summary>
    public string? WithExtension(string stem, string where) =>
        Extensions.SelectMany(e => new[] { e, e.ToUpperInvariant() }).Select(e => Find(stem + e, where)).FirstOrDefault(File.Exists);

    /// <summary>Images in the folder and below, by their paths from it.</summary>
    public IEnumerable<string> Images() => Files(Path).Where(IsImage);

    /// <summary>Files in a folder and below, as paths from it, in the order of their characters. A link to a file counts as the file.</summary>
    /// <exception cref="InvalidDataException">There is a link to a folder: such links may lead anywhere, and round in circles, and what lies behind them is not to be missing unnoticed.</exception>
    public static IEnumerable<string> Files(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 32, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };
        var links = new List<string>();
        var files = new FileSystemEnumerable<string>(folder, (ref FileSystemEntry entry) => entry.ToFullPath(), options)
        {
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsLink(ref entry, links),
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
        };
        var names = files.Select(f => System.IO.Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal).ToList();
        return links.Count == 0 ? names : throw new InvalidDataException(
            $"'{folder}' has {links.Count} link(s) to folders, which are not followed: {string.Join(", ", links.Select(l => System.IO.Path.GetRelativePath(folder, l)).Order(StringComparer.Ordinal).Take(LinksShown))}{(links.Count > LinksShown ? ", …" : "")}. "
            + "Put the folders themselves there, or links to their files.");
    }

    // Not everything that is marked as one is a link: so are the files of a folder that a cloud keeps.
    private static bool IsLink(ref FileSystemEntry entry, List<string> links)
    {
        if ((entry.Attributes & FileAttributes.ReparsePoint) == 0 || entry.ToFileSystemInfo().LinkTarget is null)
            return false;
        links.Add(entry.ToFullPath());
        return true;
    }

    private string Root => System.IO.Path.EndsInDirectorySeparator(Path) ? Path : Path + System.IO.Path.DirectorySeparatorChar;
}
