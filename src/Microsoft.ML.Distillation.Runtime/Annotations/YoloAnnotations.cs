using System.Globalization;
using Microsoft.ML.Distillation.Headers;

namespace Microsoft.ML.Distillation.Annotations;

/// <summary>Reads YOLO's text files.</summary>
internal sealed class YoloAnnotations(string labelsFolder, ImageFolder images, IReadOnlyList<string> classes)
{
    private const double MostShare = 1.001; // what rounding in tools may leave over
    private const int OrphansShown = 3;

    /// <param name="classesFile">Lies among the text files in some data sets, as does <c>classes.txt</c>; neither is one.</param>
    public List<AnnotatedImage> Read(string classesFile)
    {
        if (!Directory.Exists(labelsFolder))
            throw new DirectoryNotFoundException($"There is no folder '{labelsFolder}' of text files.");
        var names = images.Images().ToList();
        if (names.Count == 0)
            throw new InvalidDataException($"'{images.Path}' has no images.");
        // Beside images other text may lie too: there, what counts is whether a file begins as one of boxes.
        var beside = Path.TrimEndingDirectorySeparator(Path.GetFullPath(labelsFolder)) == images.Path;
        RefuseOrphans(names, Path.GetFullPath(classesFile), beside ? HasBoxes : _ => true);
        return names.ConvertAll(ReadImage);
    }

    private void RefuseOrphans(List<string> names, string classesFile, Predicate<string> isAnnotation)
    {
        var pictured = names.Select(n => Path.ChangeExtension(n, ".txt")).ToHashSet(StringComparer.Ordinal);
        var orphans = ImageFolder.Files(labelsFolder)
            .Where(f => f.EndsWith(".txt", StringComparison.Ordinal) && !pictured.Contains(f) && Path.GetFileName(f) != "classes.txt" && Path.GetFullPath(f, Path.GetFullPath(labelsFolder)) != classesFile
                && isAnnotation(Path.Combine(labelsFolder, f)))
            .ToList();
        if (orphans.Count > 0)
            throw new InvalidDataException($"'{labelsFolder}' has {orphans.Count} text file(s) without an image in '{images.Path}': {string.Join(", ", orphans.Take(OrphansShown))}{(orphans.Count > OrphansShown ? ", …" : "")}.");
    }

    private static bool HasBoxes(string file)
    {
        var first = File.ReadLines(file).FirstOrDefault(line => !string.IsNullOrWhiteSpace(line))?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return first is { Length: >= 5 } && first.All(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
    }

    private AnnotatedImage ReadImage(string name)
    {
        var path = Path.Combine(images.Path, name);
        var header = ImageHeader.ReadSize(path) is { Width: > 0, Height: > 0 } read
            ? read
            : throw new InvalidDataException($"'{path}' does not begin as a JPEG, PNG, GIF, BMP or WebP file that tells its size, which YOLO's boxes are shares of.");
        if (header.Orientation != Exif.Upright)
            throw new InvalidDataException($"'{path}' is to be turned or mirrored for viewing (EXIF orientation {header.Orientation}), and ML.NET doesn't: boxes drawn on the turned image would lie elsewhere. Turn its pixels, and label that.");
        var (width, height) = (header.Width, header.Height);
        var objects = new ImageObjects();
        var file = Path.Combine(labelsFolder, Path.ChangeExtension(name, ".txt"));
        var lines = File.Exists(file) ? AnnotationFile.Lines(file) : [];
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length > 0)
                Add(objects, lines[i], width, height, $"'{file}', line {i + 1}");
        }
        return objects.In(path, width, height);
    }

    private void Add(ImageObjects objects, string line, int width, int height, string where)
    {
        var parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 5 || (parts.Length > 5 && (parts.Length < 7 || parts.Length % 2 == 0)))
            throw new InvalidDataException($"{where}: {parts.Length} values; class x y width height are needed, or a class and the corners of an outline.");
        // Some tools write all numbers of a line alike: 2.0.
        if (!double.TryParse(parts[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var @class) || !(@class >= 0 && @class < classes.Count && @class == Math.Floor(@class)))
            throw new InvalidDataException($"{where}: the class is '{AnnotationFile.Shown(parts[0])}'; there are {classes.Count}, counted from 0.");
        var shares = new double[parts.Length - 1];
        for (var i = 0; i < shares.Length; i++)
        {
            if (!double.TryParse(parts[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out shares[i]) || !(shares[i] >= 1 - MostShare && shares[i] <= MostShare))
                throw new InvalidDataException($"{where}: value {i + 1} is '{AnnotationFile.Shown(parts[i + 1])}'; a share of the image's size, 0…1, is needed (not pixels).");
        }
        var (x0, y0, x1, y1) = shares is [var x, var y, var w, var h] ? (x - w / 2, y - h / 2, x + w / 2, y + h / 2) : Around(shares);
        objects.Add(classes[(int)@class], (x0 * width, y0 * height, x1 * width, y1 * height), where);
    }

    private static (double, double, double, double) Around(double[] corners)
    {
        var (x0, y0, x1, y1) = (corners[0], corners[1], corners[0], corners[1]);
        for (var i = 2; i < corners.Length; i += 2)
            (x0, y0, x1, y1) = (Math.Min(x0, corners[i]), Math.Min(y0, corners[i + 1]), Math.Max(x1, corners[i]), Math.Max(y1, corners[i + 1]));
        return (x0, y0, x1, y1);
    }
}
