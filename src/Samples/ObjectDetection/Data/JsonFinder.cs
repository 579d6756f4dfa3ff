using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Distillation;

namespace Samples.ObjectDetection.Data;

/// <summary>Finds COCO's and VoTT's files: JSON, told by what it holds.</summary>
internal static class JsonFinder
{
    private const int Depth = 2;

    // Enough to see where the images lie, though some are missing.
    private const int Tried = 20;

    public static IEnumerable<AnnotatedPart> Coco(DirectoryInfo root)
    {
        var files = Having(root, "images", "annotations", "categories").ToArray();
        // Beside the instances, COCO has files of captions, persons' joints and so on, of the same images.
        var instances = files.Where(file => file.Name.StartsWith("instances", StringComparison.OrdinalIgnoreCase)).ToArray();
        foreach (var file in instances.Length > 0 ? instances : files)
            yield return new AnnotatedPart(SplitOf(root, file), ml => LoadCoco(ml, root, file));
    }

    public static IEnumerable<AnnotatedPart> Vott(DirectoryInfo root)
        => Having(root, "assets").Select(file => new AnnotatedPart(SplitOf(root, file), ml => ml.LoadVottAnnotations(file.FullName)));

    private static IDataView LoadCoco(MLContext ml, DirectoryInfo root, FileInfo file)
    {
        // With crowds, which a fair judge knows of; who learns is not shown them.
        var beside = ml.LoadCocoAnnotations(file.FullName, keepCrowds: true);
        string[] names = [.. ml.Data.CreateEnumerable<AnnotatedImage>(beside, reuseRowObject: false).Take(Tried).Select(row => Path.GetRelativePath(file.DirectoryName!, row.ImagePath))];
        var folder = ImageFolders(root, file).FirstOrDefault(folder => names.Any(name => File.Exists(Path.Combine(folder, name))));
        return folder is null || folder == file.DirectoryName ? beside : ml.LoadCocoAnnotations(file.FullName, folder, keepCrowds: true);
    }

    private static IEnumerable<string> ImageFolders(DirectoryInfo root, FileInfo file)
    {
        yield return file.DirectoryName!;
        var split = SplitOf(root, file);
        DirectoryInfo[] parents = Folders.Child(root, "images") is { } images ? [root, images] : [root];
        // A folder named as the file is (train2017) comes before another of the same split.
        var named = parents.SelectMany(Folders.Children).Where(folder => split != Split.None && Splits.Of(folder.Name) == split)
            .OrderByDescending(folder => Path.GetFileNameWithoutExtension(file.Name).EndsWith(folder.Name, StringComparison.OrdinalIgnoreCase));
        foreach (var folder in named.Concat(parents.Reverse()))
            yield return folder.FullName;
    }

    private static Split SplitOf(DirectoryInfo root, FileInfo file)
        => Splits.Of(Path.GetFileNameWithoutExtension(file.Name)) is var byName and not Split.None ? byName
            : file.Directory!.FullName == root.FullName ? Split.None : Splits.Of(file.Directory.Name);

    private static IEnumerable<FileInfo> Having(DirectoryInfo root, params string[] members)
        => Within(root, Depth).SelectMany(folder => Folders.Files(folder, ".json")).Where(file => !members.Except(Members(file)).Any());

    private static IEnumerable<DirectoryInfo> Within(DirectoryInfo folder, int depth)
        => depth == 0 ? [folder] : Folders.Children(folder).SelectMany(child => Within(child, depth - 1)).Prepend(folder);

    /// <summary>The names at the outermost level of a JSON file; none of a file that is no JSON object.</summary>
    private static List<string> Members(FileInfo file)
    {
        var names = new List<string>();
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(file.FullName);
        var reader = new Utf8JsonReader(bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return names;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                names.Add(reader.GetString()!);
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // A file that begins as annotations do is taken for such, so that its loader says what is wrong with it.
        }
        return names;
    }
}
