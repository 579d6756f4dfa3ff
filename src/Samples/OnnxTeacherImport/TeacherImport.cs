using Microsoft.ML;
using Microsoft.ML.Distillation;
using Samples.Common;

namespace Samples.OnnxTeacherImport;

/// <summary>Finds out how an ONNX file wants to be asked: what the file says itself, and by labelled images what it doesn't.</summary>
internal sealed class TeacherImport
{
    /// <summary>Enough to tell normalisations and orders of classes apart.</summary>
    public const int ImagesLookedAt = 512;

    private const int ClassesShown = 100;

    // Teachers of larger images than this are of photographs.
    private const int LargestSmallImage = 64;

    private readonly MLContext _ml;
    private readonly string _file;
    private readonly ImportOptions _options;
    private readonly Action<string> _say;

    public TeacherImport(MLContext ml, string file, ImportOptions options, Action<string> say)
    {
        (_ml, _file, _options, _say) = (ml, file, options, say);
        Found = Open().Inspect(options.Student?.DefaultImageSize);
        Student = options.Student ?? (Found.ImageSize.Width <= LargestSmallImage ? ImageClassifier.ResNet8 : ImageClassifier.MobileNetV2);
        Methods = [.. Choose(Found)];
    }

    /// <summary>What the file says of itself.</summary>
    public OnnxInspection Found { get; }

    /// <summary>To train.</summary>
    public ImageClassifier Student { get; }

    /// <summary>What a student can learn from by: its scores and its feature maps, or the vector before the classifier where it has no maps.</summary>
    public IReadOnlyList<DistillationMethod> Methods { get; }

    /// <summary>Milliseconds for one image.</summary>
    public double Latency => Common.Latency.Median(File.ReadAllBytes(_file), _options.Threads, Found.ImageSize.Width);

    /// <summary>Tells what is in the file.</summary>
    public void ShowFile()
    {
        _say($"{Path.GetFileName(_file)}:");
        _say(Found.ToString());
        if (Found.OutputName is null)
            _say("No output has class scores: a student can learn from its feature maps alone. (Detectors are imported by OnnxDetectorTeacher.)");
        _say(FormattableString.Invariant($"Latency: {Latency:0.00} ms ({Common.Latency.Description})."));
    }

    /// <summary>Opens the teacher so that it is right on most images: pixels, channels and class order as the check-up finds them.</summary>
    /// <param name="images">Labelled images, to be looked at.</param>
    /// <param name="classes">The labels' classes.</param>
    public OnnxTeacher Recognise(IDataView images, IReadOnlyList<string> classes)
    {
        var teacher = Open();
        var findings = Check(teacher, images);
        var mended = new OnnxTeacherOptions
        {
            InputName = _options.Input,
            OutputName = _options.Output,
            Normalization = findings.FirstOrDefault(f => f.Normalization is not null)?.Normalization,
            Channels = findings.Any(f => f is { Code: "channel-order", Severity: CheckupSeverity.Warning }) ? ChannelOrder.Bgr : ChannelOrder.Rgb,
            ClassNames = findings.FirstOrDefault(f => f.ClassNames is not null)?.ClassNames ?? _options.Classes,
        };
        if (mended.Normalization is not null || mended.Channels == ChannelOrder.Bgr || mended.ClassNames != _options.Classes)
        {
            _say("Opened as these findings say, it is looked at again.");
            teacher = OnnxTeacher.FromFile(_file, mended);
            Check(teacher, images);
        }
        var names = teacher.ClassNames ?? classes;
        var order = string.Join(", ", names.Take(ClassesShown)) + (names.Count > ClassesShown ? $", … ({names.Count} in all)" : "");
        _say($"Taken: normalisation {teacher.Normalization}, channels {mended.Channels}, classes {(Found.OutputName is null ? "of no matter; without scores nothing of this can be judged" : order)}.");
        return teacher;
    }

    private OnnxTeacher Open() => OnnxTeacher.FromFile(_file, new OnnxTeacherOptions { InputName = _options.Input, OutputName = _options.Output, ClassNames = _options.Classes });

    private IReadOnlyList<CheckupFinding> Check(OnnxTeacher teacher, IDataView images)
    {
        var findings = _ml.CheckTeacher(teacher, images, Methods, imageSize: Student.DefaultImageSize, options: new CheckupOptions { SampleRows = ImagesLookedAt });
        foreach (var finding in findings)
            _say($"{(finding.Severity == CheckupSeverity.Warning ? "warning " : "")}{finding}");
        return findings;
    }

    private static IEnumerable<DistillationMethod> Choose(OnnxInspection found)
    {
        if (found.OutputName is not null)
            yield return new KnowledgeDistillation();
        if (found.DefaultFeatureMaps.Count > 0)
            yield return new AttentionTransfer();
        else if (found.EmbeddingName is not null)
            yield return new RelationalDistillation();
    }
}
