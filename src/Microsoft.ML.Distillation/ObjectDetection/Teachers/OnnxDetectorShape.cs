using Microsoft.ML.Distillation.ObjectDetection.Teachers.Layouts;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.ObjectDetection.Teachers;

/// <summary>All that is to be known of a detector's file before it is used.</summary>
internal sealed record OnnxDetectorShape(
    OnnxDetectorInput Input, DetectorLayout Layout, ImageNormalization Normalization, IReadOnlyList<string>? ClassNames, int ClassCount)
{
    // Large enough that a grid has more places than most detectors have classes.
    private static readonly ImageSize Probe = new(320, 320);

    /// <summary>The size at which a file is looked at that takes any.</summary>
    public ImageSize ProbeSize => Input.Size ?? Probe;

    /// <summary>Looks at a file, and runs it once on a black image.</summary>
    /// <exception cref="InvalidDataException">It is no detector's that is known here, or does not fit the options.</exception>
    public static OnnxDetectorShape Find(OnnxModelFile file, OnnxDetectorTeacherOptions options)
    {
        var input = OnnxDetectorInput.Find(file, options);
        var own = StudentFile.IsStudent(file) ? DetectorFile.Read(file) : null;
        var layout = DetectorLayouts.Find(new LayoutClues(file.Source, Outputs(file, input, options), input.Size ?? Probe, options, own));
        var names = options.ClassNames ?? OnnxClassNames.Find(file);
        return new(input, layout, NormalizationOf(file, input, layout, options, own), names, CountClasses(file, layout, names));
    }

    private static List<OutputClue> Outputs(OnnxModelFile file, OnnxDetectorInput input, OnnxDetectorTeacherOptions options)
    {
        var missing = options.OutputNames?.FirstOrDefault(name => file.Outputs.All(o => o.Name != name));
        if (missing is not null)
            throw new InvalidDataException($"{file.Source} has no output named '{missing}'; it has {string.Join(", ", file.Outputs)}.");
        using var runner = new OnnxRunner(file.ToBytes(), file.Source, ThreadLimit.Default);
        var (size, images) = (input.Size ?? Probe, input.Batch ?? 1);
        var outputs = runner.Run(new float[images * 3 * size.Pixels], input.Shape(images, size), options.OutputNames);
        return [.. outputs.Select(o => new OutputClue(o.Name, o.Shape, o.IsInteger))];
    }

    private static ImageNormalization NormalizationOf(OnnxModelFile file, OnnxDetectorInput input, DetectorLayout layout, OnnxDetectorTeacherOptions options, DetectorFile? own) =>
        options.Normalization ?? (own is not null ? ImageNormalization.Raw
            : OnnxInnerNormalization.Find(file, input.Name) ?? (layout.IsFromImageNet ? ImageNormalization.ImageNet : ImageNormalization.ZeroToOne));

    private static int CountClasses(OnnxModelFile file, DetectorLayout layout, IReadOnlyList<string>? names)
    {
        if (layout.ClassCount is not { } count)
        {
            return names?.Count ?? throw new InvalidDataException(
                $"{file.Source} gives labels ({layout.Kind}), which don't tell how many classes there are; name them in the order of the labels: OnnxDetectorTeacherOptions.ClassNames.");
        }
        return names is null || names.Count == count
            ? count
            : throw new InvalidDataException($"{file.Source} tells {count} classes apart ({layout.Kind}), and {names.Count} class names were given for it. "
                + "Give one for each, without background or no-object, in the order of the outputs; or another Layout, if it has others.");
    }
}
