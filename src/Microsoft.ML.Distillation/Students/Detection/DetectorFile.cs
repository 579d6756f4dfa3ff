using System.Text.Json;
using Microsoft.ML.Distillation.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Detection;

/// <summary>A detector in an ONNX file: what the file says of it, its anchors and its weights.</summary>
internal sealed class DetectorFile
{
    private const string StridesKey = "distillation.strides", AnchorsKey = "distillation.anchors";

    private DetectorFile(StudentFile student, AnchorSet anchors) => (Student, Anchors) = (student, anchors);

    /// <summary>What every student's file says.</summary>
    public StudentFile Student { get; }

    public AnchorSet Anchors { get; }

    /// <exception cref="InvalidDataException">The file was not exported by this library, holds no detector, or is damaged.</exception>
    public static DetectorFile Read(OnnxModelFile file)
    {
        var student = StudentFile.Read(file);
        if (!file.Metadata.ContainsKey(StridesKey) && ImageClassifier.Knows(student.Architecture))
            throw new InvalidDataException($"{file.Source} holds a classifier, {student.Architecture}; expected a detector. Read it with ImageClassifier.FromOnnx.");
        try
        {
            return new DetectorFile(student, new AnchorSet(Parse<int[]>(file, StridesKey), Parse<float[][][]>(file, AnchorsKey)));
        }
        catch (Exception error) when (error is JsonException or FormatException or ArgumentException or NullReferenceException)
        {
            throw new InvalidDataException($"{file.Source}: its metadata can't be read ({error.Message}); it was changed after it was exported.", error);
        }
    }

    /// <summary>Writes the part of what <see cref="Read"/> reads that is a detector's own.</summary>
    public static void Describe(OnnxGraphBuilder graph, AnchorSet anchors)
    {
        graph.AddMetadata("distillation.task", "object detection");
        graph.AddMetadata(StridesKey, JsonSerializer.Serialize(anchors.Strides));
        graph.AddMetadata(AnchorsKey, JsonSerializer.Serialize(anchors.Sizes));
    }

    /// <summary>
    /// Copies all weights and statistics; of the heads the rows of classes that the file knows by name, and whatever all classes share. Rows of other classes
    /// stay as they are.
    /// </summary>
    public void CopyInto(DetectorModule module, IReadOnlyList<string> classNames)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var places = Student.ClassNames.Select((name, index) => (name, index)).ToDictionary(p => p.name, p => p.index, StringComparer.Ordinal);
        var pairs = classNames.Select((name, index) => (From: places.GetValueOrDefault(name, -1), To: index)).Where(p => p.From >= 0).ToList();
        foreach (var (name, target) in module.named_parameters().Select(p => (p.Item1, (Tensor)p.Item2)).Concat(module.named_buffers()))
        {
            if (module.RowsByClass(name) is { } rows)
                CopyRows(name, target, rows, pairs);
            else
                target.copy_(Student.ReadWeight(name, target.shape));
        }
    }

    private void CopyRows(string name, Tensor target, HeadRows rows, List<(int From, int To)> pairs)
    {
        var known = Student.ClassNames.Count;
        rows.Copy(target, Student.ReadWeight(name, [rows.Groups * (rows.Shared + known), .. target.shape[1..]]), pairs);
    }

    private static T Parse<T>(OnnxModelFile file, string key) =>
        JsonSerializer.Deserialize<T>(file.Metadata.GetValueOrDefault(key) ?? throw new FormatException($"'{key}' is missing"))
        ?? throw new FormatException($"'{key}' is empty");
}
