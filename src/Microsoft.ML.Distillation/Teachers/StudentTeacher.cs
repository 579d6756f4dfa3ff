using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Teachers;
using TorchSharp;

namespace Microsoft.ML.Distillation;

/// <summary>
/// A student trained by this library as a teacher, run by TorchSharp on the training device, on the very pixels the student trains on. It gives logits,
/// the feature maps of all its stages, its embedding, and gradients: every method can learn from it.
/// </summary>
public sealed class StudentTeacher : Teacher
{
    private readonly StudentFile _file;
    private readonly ImageClassifier _classifier;
    private readonly long _bytes;
    private readonly string _content;

    private StudentTeacher(byte[] model, string source)
    {
        var file = OnnxModelFile.FromBytes(model, source);
        (_file, _classifier, _bytes, _content) = (StudentFile.Read(file), ImageClassifier.FromOnnx(model), model.LongLength, ContentHash.Of(model));
    }

    /// <inheritdoc/>
    public override string Name => $"teacher {_file.Architecture} from {_file.Source}";

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => _file.ClassNames;

    /// <summary>Reads a student that an earlier run exported.</summary>
    /// <param name="path">The <c>.onnx</c> file.</param>
    /// <returns>The teacher.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not ONNX, or was not exported by this library.</exception>
    public static StudentTeacher FromOnnx(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no teacher file '{path}'.", path);
        return new(File.ReadAllBytes(path), path);
    }

    /// <summary>Reads a student from the bytes of its exported file.</summary>
    /// <param name="model">The bytes of the <c>.onnx</c> file.</param>
    /// <returns>The teacher.</returns>
    /// <exception cref="InvalidDataException">The bytes are not ONNX, or were not exported by this library.</exception>
    public static StudentTeacher FromOnnx(byte[] model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(model, "(from bytes)");
    }

    /// <summary>The student a run has just trained.</summary>
    /// <param name="fitted">The fitted transformer.</param>
    /// <returns>The teacher.</returns>
    public static StudentTeacher FromTransformer(ImageClassificationDistillationTransformer fitted)
    {
        ArgumentNullException.ThrowIfNull(fitted);
        return FromOnnx(fitted.ToOnnx());
    }

    internal override string Identity => $"teacher {_file.Architecture}, content {_content}";

    internal override void Validate(Faults faults)
    {
    }

    internal override TeacherSession Open(TeacherSettings settings)
    {
        var module = _classifier.CreateModule(ClassNames, seed: 0);
        module.to(settings.Device);
        return new ModuleTeacherSession(module, _file.ImageSize, _file.Normalization, _bytes, settings);
    }
}
