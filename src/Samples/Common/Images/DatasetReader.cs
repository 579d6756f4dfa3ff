using Samples.Common.Drawing;

namespace Samples.Common.Images;

/// <summary>Finds labelled images in a folder: class-named folders under train/ and test/, or one level of class-named folders.</summary>
internal static class DatasetReader
{
    private const double TestShare = .2;

    private static readonly HashSet<string> _extensions = new([".jpg", ".jpeg", ".png", ".bmp", ".gif"], StringComparer.OrdinalIgnoreCase);

    private static readonly string[] _trainNames = ["train", "training"];

    private static readonly string[] _testNames = ["test", "testing", "val", "valid", "validation"];

    /// <summary>Whether the sample reads files of that name.</summary>
    public static bool IsImage(string path) => _extensions.Contains(Path.GetExtension(path)) && !Path.GetFileName(path).StartsWith('.');

    /// <param name="path">A folder.</param>
    /// <param name="name">What reports call it.</param>
    /// <param name="seed">Of the split, where the folder has none.</param>
    public static Dataset Read(string path, string name, int seed)
    {
        var folder = Unwrap(new DirectoryInfo(path));
        var train = Child(folder, _trainNames);
        var test = Child(folder, _testNames);
        if ((train is null) != (test is null))
            throw new InvalidDataException($"'{folder.FullName}' has a folder '{(train ?? test)!.Name}' and no '{(train is null ? "train" : "test")}'. Add it, or put the class-named folders one level up to have them split.");
        var (learn, judge) = train is null || test is null ? Split(Rows(folder), seed) : (Rows(train), Rows(test));
        return Checked(folder.FullName, name, learn, judge);
    }

    private static Dataset Checked(string folder, string name, List<ImageRow> train, List<ImageRow> test)
    {
        string[] classes = [.. train.Select(row => row.Label).Distinct().Order(StringComparer.Ordinal)];
        if (classes.Length < 2)
            throw new InvalidDataException($"'{folder}' holds training images of {classes.Length} classes; at least 2 are needed. Expected folders named for their class with images in them ({string.Join(" ", _extensions)}), under train/ and test/ or directly.");
        if (test.Count == 0)
            throw new InvalidDataException($"'{folder}' holds no image to test on.");
        var unknown = test.Select(row => row.Label).Except(classes).Order(StringComparer.Ordinal).ToArray();
        if (unknown.Length > 0)
            throw new InvalidDataException($"'{folder}' has test images of classes that have no training image: {string.Join(", ", unknown)}. Rename or remove those folders.");
        return new Dataset(name, classes, train, test);
    }

    // Archives often hold everything in one folder of their own.
    private static DirectoryInfo Unwrap(DirectoryInfo folder)
    {
        var folders = Folders(folder);
        return folders.Length == 1 && Folders(folders[0]).Length > 0 && Child(folder, [.. _trainNames, .. _testNames]) is null ? Unwrap(folders[0]) : folder;
    }

    private static DirectoryInfo[] Folders(DirectoryInfo folder)
        => [.. folder.EnumerateDirectories().Where(child => !child.Name.StartsWith('.') && child.Name != "__MACOSX").OrderBy(child => child.Name, StringComparer.Ordinal)];

    private static DirectoryInfo? Child(DirectoryInfo folder, string[] names)
        => names.Select(name => Folders(folder).FirstOrDefault(child => child.Name.Equals(name, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(child => child is not null);

    private static List<ImageRow> Rows(DirectoryInfo folder)
        => [.. Folders(folder).SelectMany(label => Images(label).Select(path => new ImageRow { ImagePath = path, Label = label.Name }))];

    private static IEnumerable<string> Images(DirectoryInfo folder)
        => folder.EnumerateFiles("*", SearchOption.AllDirectories).Where(file => IsImage(file.Name)).Select(file => file.FullName).Order(StringComparer.Ordinal);

    // Each image's draw depends on its class and place alone, so a class that grows doesn't move the others.
    private static (List<ImageRow> Train, List<ImageRow> Test) Split(List<ImageRow> rows, int seed)
    {
        List<ImageRow> train = [], test = [];
        var number = 0ul;
        foreach (var rowsOfClass in rows.GroupBy(row => row.Label))
        {
            number++;
            var drawn = rowsOfClass.Select((row, i) => (row, draw: new CountedRandom((ulong)seed, number, (ulong)i).Next())).OrderBy(pair => pair.draw).ToArray();
            var held = drawn.Length < 2 ? 0 : Math.Max(1, (int)Math.Round(TestShare * drawn.Length));
            test.AddRange(drawn.Take(held).Select(pair => pair.row).OrderBy(row => row.ImagePath, StringComparer.Ordinal));
            train.AddRange(drawn.Skip(held).Select(pair => pair.row).OrderBy(row => row.ImagePath, StringComparer.Ordinal));
        }
        return (train, test);
    }
}
