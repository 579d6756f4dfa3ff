using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Microsoft.ML.Distillation.Annotations;

/// <summary>Reads the XML files of PASCAL VOC.</summary>
internal sealed class PascalVocAnnotations(ImageFolder images, bool countsFromOne, bool keepDifficult)
{
    private const long MostCharacters = 4 << 20;

    public List<AnnotatedImage> Read(string folder, string? imageSetFile)
    {
        var files = imageSetFile is null
            ? [.. Directory.EnumerateFiles(folder, "*.xml").Order(StringComparer.Ordinal)]
            : Listed(folder, imageSetFile);
        return files.Count > 0
            ? files.ConvertAll(ReadFile)
            : throw new InvalidDataException(imageSetFile is null ? $"'{folder}' has no XML files." : $"'{imageSetFile}' lists no images.");
    }

    private static List<string> Listed(string folder, string imageSetFile)
    {
        var annotations = new ImageFolder(folder);
        var files = new List<string>();
        var number = 0;
        foreach (var line in AnnotationFile.Lines(imageSetFile))
        {
            number++;
            if (line.Length == 0)
                continue;
            var name = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[0]; // lists of one class have a flag behind the name
            var file = annotations.Find($"{name}.xml", $"'{imageSetFile}', line {number}");
            files.Add(File.Exists(file) ? file : throw new InvalidDataException($"'{imageSetFile}', line {number}: there is no '{name}.xml' in '{folder}'."));
        }
        return files;
    }

    private AnnotatedImage ReadFile(string file)
    {
        var root = Load(file);
        var objects = new ImageObjects();
        var number = 0;
        foreach (var element in root.Elements("object"))
        {
            Add(objects, element, $"'{file}', line {Line(element)}, object {number++}");
        }
        var size = root.Element("size");
        return objects.In(Image(file, root), Size(size, "width", file), Size(size, "height", file));
    }

    private static XElement Load(string file)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MostCharacters, IgnoreComments = true };
        try
        {
            using var stream = new MemoryStream(AnnotationFile.Bytes(file, AnnotationFile.MostBytesOfOne), writable: false);
            using var reader = XmlReader.Create(stream, settings);
            var root = XDocument.Load(reader, LoadOptions.SetLineInfo).Root!;
            return root.Name == "annotation" ? root : throw new InvalidDataException($"'{file}': the root is '{root.Name}'; PASCAL VOC's files begin with 'annotation'.");
        }
        catch (XmlException error)
        {
            throw new InvalidDataException($"'{file}'{(error.LineNumber > 0 ? $", line {error.LineNumber}" : "")}: no XML that can be read: {error.Message}", error);
        }
    }

    private void Add(ImageObjects objects, XElement element, string where)
    {
        var name = element.Element("name")?.Value.Trim();
        if (string.IsNullOrEmpty(name))
            throw new InvalidDataException($"{where}: 'name' is missing or empty.");
        var box = element.Element("bndbox") ?? throw new InvalidDataException($"{where}: 'bndbox' is missing.");
        var before = countsFromOne ? 1 : 0;
        var edges = (Edge(box, "xmin", where) - before, Edge(box, "ymin", where) - before, Edge(box, "xmax", where), Edge(box, "ymax", where));
        if (keepDifficult || element.Element("difficult")?.Value.Trim() is not ("1" or "true"))
            objects.Add(name, edges, where);
    }

    private static double Edge(XElement box, string field, string where) =>
        box.Element(field) is not { } element ? throw new InvalidDataException($"{where}: 'bndbox' has no '{field}'.")
        : Number(element) ?? throw new InvalidDataException($"{where}: '{field}' is '{AnnotationFile.Shown(element.Value)}'; a number is needed.");

    private static int Size(XElement? size, string field, string file) =>
        size?.Element(field) is not { } element ? 0
        : ImageObjects.Size(
            Number(element) ?? throw new InvalidDataException($"'{file}', line {Line(element)}: '{field}' is '{AnnotationFile.Shown(element.Value)}'; a number is needed."),
            $"'{file}', line {Line(element)}: '{field}'");

    private static double? Number(XElement element) =>
        double.TryParse(element.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    private string Image(string file, XElement root)
    {
        var named = root.Element("filename")?.Value.Trim();
        if (ImageFolder.WithoutRoot(named ?? "") is { Length: > 0 } own && images.Find(own, $"'{file}': 'filename'") is var path && ImageFolder.IsImage(path) && File.Exists(path))
            return path;
        var stem = Path.GetFileNameWithoutExtension(file);
        return images.WithExtension(stem, $"'{file}'")
            ?? throw new InvalidDataException($"'{file}': its image is not in '{images.Path}', neither '{AnnotationFile.Shown(named)}' (its 'filename') nor '{stem}' with the extension of an image.");
    }

    private static int Line(XElement element) => ((IXmlLineInfo)element).LineNumber;
}
