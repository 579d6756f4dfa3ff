using System.Globalization;
using System.Text.Json;
using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students;

/// <summary>A student in an ONNX file: what the file's metadata says of it, and its weights.</summary>
internal sealed class StudentFile
{
    private const string Prefix = "distillation.";
    private const string ArchitectureKey = Prefix + "architecture", ClassesKey = Prefix + "classes", SizeKey = Prefix + "image_size", InputSizeKey = Prefix + "input_size",
        ExitKey = Prefix + "exit", MeanKey = Prefix + "mean", DeviationKey = Prefix + "deviation", ResizingKey = Prefix + "resizing";

    /// <summary>Metadata that a quantised file has, and no other.</summary>
    public const string QuantisedKey = Prefix + "quantised";

    private readonly OnnxModelFile _file;

    private StudentFile(OnnxModelFile file)
    {
        _file = file;
        Architecture = Metadata(ArchitectureKey);
        ClassNames = JsonSerializer.Deserialize<string[]>(Metadata(ClassesKey)) ?? [];
        var size = Metadata(SizeKey).Split('x');
        ImageSize = new ImageSize(int.Parse(size[0], CultureInfo.InvariantCulture), int.Parse(size[1], CultureInfo.InvariantCulture));
        if (ImageSize.Width < 1 || ImageSize.Height < 1 || ImageSize.Pixels > ImageDecoding.DefaultMaxImagePixels)
            throw new FormatException($"'{SizeKey}' is {ImageSize}");
        if (ClassNames.Distinct(StringComparer.Ordinal).Count() != ClassNames.Count)
            throw new FormatException($"'{ClassesKey}' names a class twice");
        _ = Metadata(ResizingKey); // the last to be written: without it, the file was cut short
        Normalization = ImageNormalization.Custom(Floats(MeanKey), Floats(DeviationKey));
    }

    /// <summary>The whole file.</summary>
    public OnnxModelFile Model => _file;

    /// <summary>What error messages call the file.</summary>
    public string Source => _file.Source;

    public string Architecture { get; }

    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Size of the images the network itself takes.</summary>
    public ImageSize ImageSize { get; }

    public ImageNormalization Normalization { get; }

    /// <summary>The stage after which the file ends; null for a whole student.</summary>
    public string? Exit => _file.Metadata.GetValueOrDefault(ExitKey);

    /// <summary>How the file was quantised, after which it can't be trained further; null for a file that was not.</summary>
    public string? Quantised => _file.Metadata.GetValueOrDefault(QuantisedKey);

    public static bool IsStudent(OnnxModelFile file) => file.Metadata.ContainsKey(ArchitectureKey);

    /// <exception cref="InvalidDataException">The file was not exported by this library, or is damaged.</exception>
    public static StudentFile Read(OnnxModelFile file)
    {
        if (!IsStudent(file))
            throw new InvalidDataException($"{file.Source} was not exported by this library: it has no metadata '{ArchitectureKey}'. Only its students can be trained further; use other files as teachers.");
        try
        {
            return new StudentFile(file);
        }
        catch (Exception error) when (error is JsonException or FormatException or IndexOutOfRangeException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"{file.Source}: its metadata can't be read ({error.Message}); it was changed after it was exported.", error);
        }
    }

    /// <summary>Writes what <see cref="Read"/> reads, and the size of the images that the file takes, for whoever prepares them.</summary>
    public static void Describe(OnnxGraphBuilder graph, StudentDescription student)
    {
        graph.AddMetadata(ArchitectureKey, student.Architecture);
        graph.AddMetadata(ClassesKey, JsonSerializer.Serialize(student.ClassNames));
        graph.AddMetadata(SizeKey, Text(student.StudentSize));
        graph.AddMetadata(InputSizeKey, Text(student.StoredSize));
        graph.AddMetadata(MeanKey, JsonSerializer.Serialize(student.Normalization.Mean));
        graph.AddMetadata(DeviationKey, JsonSerializer.Serialize(student.Normalization.Deviation));
        graph.AddMetadata(ResizingKey, student.Resizing);
    }

    /// <summary>Says that the file ends early.</summary>
    public static void DescribeExit(OnnxGraphBuilder graph, string stage) => graph.AddMetadata(ExitKey, stage);

    /// <summary>Says in a model's metadata how it was quantised.</summary>
    public static void DescribeQuantisation(ModelProto model, string how) => model.MetadataProps.Add(new StringStringEntryProto { Key = QuantisedKey, Value = how });

    /// <exception cref="InvalidDataException">The file was quantised.</exception>
    public void CheckTrainable()
    {
        if (Quantised is { } how)
            throw new InvalidDataException($"{Source} is a quantised {Architecture} ({how}): its weights are rounded and its BatchNorm is folded away, so that it can't be trained further. Start from the file it was made from, or use this one as an OnnxTeacher.");
    }

    /// <summary>Copies all weights and statistics; the classifier's rows go where the class names say.</summary>
    public void CopyInto(ClassifierModule module, IReadOnlyList<string> classNames)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var rows = RowsByName(classNames);
        foreach (var (name, target) in module.named_parameters().Select(p => (p.Item1, (Tensor)p.Item2)).Concat(module.named_buffers()))
        {
            var values = ReadWeight(name, target.shape);
            target.copy_(name.StartsWith(ClassifierModule.ClassifierPrefix, StringComparison.Ordinal) ? values.index_select(0, rows) : values);
        }
    }

    /// <summary>A weight's values, which must have a shape.</summary>
    /// <exception cref="InvalidDataException">The file has no such weight, or one of another shape.</exception>
    public Tensor ReadWeight(string name, long[] shape)
    {
        if (!_file.HasInitializer(name) || !_file.ReadShape(name).SequenceEqual(shape))
        {
            throw new InvalidDataException($"{_file.Source}: a {Architecture} of {ClassNames.Count} classes needs '{name}' of shape {string.Join('×', shape)}; "
                + (_file.HasInitializer(name) ? $"the file has {string.Join('×', _file.ReadShape(name))}." : "the file has none."));
        }
        return tensor(_file.ReadFloats(name), shape);
    }

    private Tensor RowsByName(IReadOnlyList<string> classNames)
    {
        var places = ClassNames.Select((name, index) => (name, index)).ToDictionary(p => p.name, p => (long)p.index, StringComparer.Ordinal);
        var missing = classNames.Where(c => !places.ContainsKey(c)).Concat(ClassNames.Except(classNames)).ToList();
        if (missing.Count > 0)
        {
            throw new InvalidDataException($"{_file.Source} knows the classes {string.Join(", ", ClassNames)}; the labels have {string.Join(", ", classNames)}. "
                + "A warm start needs the same classes (in any order): train a new student, with this one as teacher if it helps.");
        }
        return tensor(classNames.Select(c => places[c]).ToArray());
    }

    private static string Text(ImageSize size) => string.Create(CultureInfo.InvariantCulture, $"{size.Width}x{size.Height}");

    private string Metadata(string key) =>
        _file.Metadata.GetValueOrDefault(key) ?? throw new FormatException($"'{key}' is missing");

    private float[] Floats(string key) => JsonSerializer.Deserialize<float[]>(Metadata(key)) ?? [];
}
