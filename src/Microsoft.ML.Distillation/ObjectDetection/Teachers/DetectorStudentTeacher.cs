using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Detection;
using TorchSharp;

namespace Microsoft.ML.Distillation;

/// <summary>
/// A detector trained by this library as a teacher, run by TorchSharp on the training device, on the very pixels the student trains on, at the student's size. It gives raw
/// predictions and the neck's feature maps: every method can learn from it.
/// </summary>
public sealed class DetectorStudentTeacher : DetectorTeacher
{
    private readonly DetectorFile _file;
    private readonly ObjectDetector _detector;
    private readonly long _bytes;
    private readonly string _content;

    private DetectorStudentTeacher(byte[] model, string source)
    {
        _file = DetectorFile.Read(OnnxModelFile.FromBytes(model, source));
        (_detector, _bytes, _content) = (ObjectDetector.FromOnnx(model), model.LongLength, ContentHash.Of(model));
    }

    /// <inheritdoc/>
    public override string Name => $"teacher {_file.Student.Architecture} from {_file.Student.Source}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => _file.Student.ClassNames;

    /// <summary>Reads a detector that an earlier run exported.</summary>
    /// <param name="path">The <c>.onnx</c> file.</param>
    /// <returns>The teacher.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not ONNX, was not exported by this library, or holds no detector.</exception>
    public static DetectorStudentTeacher FromOnnx(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no teacher file '{path}'.", path);
        return new(File.ReadAllBytes(path), path);
    }

    /// <summary>Reads a detector from the bytes of its exported file.</summary>
    /// <param name="model">The bytes of the <c>.onnx</c> file.</param>
    /// <returns>The teacher.</returns>
    /// <exception cref="InvalidDataException">The bytes are not ONNX, were not exported by this library, or hold no detector.</exception>
    public static DetectorStudentTeacher FromOnnx(byte[] model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(model, "(from bytes)");
    }

    /// <summary>The detector a run has just trained.</summary>
    /// <param name="fitted">The fitted transformer.</param>
    /// <returns>The teacher.</returns>
    public static DetectorStudentTeacher FromTransformer(ObjectDetectionDistillationTransformer fitted)
    {
        ArgumentNullException.ThrowIfNull(fitted);
        return FromOnnx(fitted.ToOnnx());
    }

    internal override string Identity => $"teacher {_file.Student.Architecture}, content {_content}";

    internal override void Validate(Faults faults)
    {
    }

    internal override DetectorTeacherSession Open(DetectorTeacherSettings settings)
    {
        var module = _detector.CreateModule(ClassNames, seed: 0);
        module.to(settings.Device);
        return new DetectorModuleSession(module, ClassNames, _file.Student.Normalization, _bytes, settings.Precision);
    }
}
