using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Teachers;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Any ONNX image classifier as a teacher, run by ONNX Runtime on the very pixels the student trains on (augmentation included), resized to
/// the teacher's own input. Batches may be fixed or dynamic, axes N×3×H×W or N×H×W×3, scores logits or probabilities.
/// </summary>
/// <remarks>
/// Classes are matched to the labels' key values by name. A teacher may know more classes than the labels have: its other outputs are left out of the
/// softmax. Without names, its order is checked against the labels on a sample before training.
/// </remarks>
public sealed class OnnxTeacher : Teacher
{
    private readonly OnnxModelFile _file;
    private readonly OnnxTeacherOptions _options;
    private readonly OnnxClassifierShape _shape;

    private OnnxTeacher(OnnxModelFile file, OnnxTeacherOptions options)
    {
        _file = file;
        _options = options;
        _shape = OnnxClassifierShape.Find(file, options);
        var own = StudentFile.IsStudent(file) ? StudentFile.Read(file) : null;
        ClassNames = options.ClassNames ?? own?.ClassNames;
        Normalization = options.Normalization ?? (own is null ? ImageNormalization.ImageNet : ImageNormalization.Raw);
    }

    /// <inheritdoc/>
    public override string Name => $"ONNX teacher {_file.Source}";

    /// <inheritdoc/>
    public override IReadOnlyList<string>? ClassNames { get; }

    /// <summary>What the network expects of pixels.</summary>
    public ImageNormalization Normalization { get; }

    /// <summary>Opens a classifier whose remaining details the file says itself.</summary>
    /// <param name="path">The <c>.onnx</c> file.</param>
    /// <param name="normalization">What it expects of pixels; null: see <see cref="OnnxTeacherOptions.Normalization"/>.</param>
    /// <param name="classNames">Its classes in the order of its outputs; null: see <see cref="OnnxTeacherOptions.ClassNames"/>.</param>
    /// <returns>The teacher.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not ONNX, or no classifier of images.</exception>
    public static OnnxTeacher FromFile(string path, ImageNormalization? normalization = null, IReadOnlyList<string>? classNames = null) =>
        FromFile(path, new OnnxTeacherOptions { Normalization = normalization, ClassNames = classNames });

    /// <summary>Opens a classifier with all details.</summary>
    /// <param name="path">The <c>.onnx</c> file.</param>
    /// <param name="options">How it takes images and gives scores.</param>
    /// <returns>The teacher.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not ONNX, or does not fit the options.</exception>
    public static OnnxTeacher FromFile(string path, OnnxTeacherOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new OnnxTeacher(OnnxModelFile.FromPath(path), options);
    }

    /// <summary>A classifier from the bytes of its file.</summary>
    /// <param name="model">The bytes of the <c>.onnx</c> file.</param>
    /// <param name="options">How it takes images and gives scores; null for what the file says itself.</param>
    /// <returns>The teacher.</returns>
    /// <exception cref="InvalidDataException">The bytes are not ONNX, or do not fit the options.</exception>
    public static OnnxTeacher FromBytes(byte[] model, OnnxTeacherOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new OnnxTeacher(OnnxModelFile.FromBytes(model, "(from bytes)"), options ?? new OnnxTeacherOptions());
    }

    internal override void Validate(Faults faults)
    {
        if (ClassNames is { } names && names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            faults.Add($"{Name} has class names that are not distinct.");
    }

    internal override TeacherSession Open(TeacherSettings settings) => new OnnxTeacherSession(_file, _shape, Normalization, _options, settings);
}
