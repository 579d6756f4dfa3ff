using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Any ONNX image classifier as a teacher, run by ONNX Runtime, or as TorchSharp operators on the training device (<see cref="OnnxTeacherOptions.Engine"/>), on the very pixels the student trains on
/// (augmentation included), resized to the teacher's own input. Batches may be fixed or dynamic, axes N×3×H×W or N×H×W×3, scores logits or probabilities. Inner feature maps and the vector before the classifier
/// are read for methods that learn from them; a backbone without scores will do for methods that learn from nothing else.
/// </summary>
/// <remarks>
/// <para>
/// Inner tensors become outputs of the file in memory; it is changed nowhere else. Which they are, <see cref="OnnxTeacherOptions.FeatureNames"/> and
/// <see cref="OnnxTeacherOptions.EmbeddingName"/> say, or the rules described there; <see cref="Inspect"/> shows what there is.
/// Whether a map is N×C×H×W or N×H×W×C follows from the graph: ONNX's convolutions, poolings and batch normalisations give N×C×H×W by definition, a transposition changes the order,
/// arithmetic keeps it; after a reshaping it is N×C×H×W unless only N×H×W×C has the image's proportions.
/// </para>
/// Classes are matched to the labels' key values by name. A teacher may know more classes than the labels have: its other outputs are left out of the
/// softmax. Without names, its order is checked against the labels on a sample before training. Where no method learns from logits, its classes don't matter.
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
        _shape = OnnxClassifierShape.Find(file, options, needsScores: false);
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
    /// <exception cref="InvalidDataException">The file is not ONNX, or takes no images.</exception>
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

    internal override string Identity => $"ONNX teacher, {_file.Fingerprint()}";

    // A file of this library's own normalises inside.
    internal override ImageNormalization? AssumedNormalization => _options.Normalization is null && Normalization == ImageNormalization.Raw ? null : Normalization;

    internal override string ChannelRemedy =>
        $"Set OnnxTeacherOptions.Channels to {(_options.Channels == ChannelOrder.Bgr ? ChannelOrder.Rgb : ChannelOrder.Bgr)}.";

    internal override void Validate(Faults faults)
    {
        faults.AddIf(_options.FeatureNames is { Count: 0 }, $"{Name}: FeatureNames is empty; name feature maps, or leave it null for the automatic ones.");
        faults.AddIf(_options.FeatureNames?.Any(string.IsNullOrEmpty) == true, $"{Name}: FeatureNames holds an empty name; leave it out.");
        if (ClassNames is { } names && names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            faults.Add($"{Name} has class names that are not distinct.");
    }

    /// <summary>Looks at the network: what it takes and gives, and which feature maps and which embedding inside a student could learn from. The network is run once.</summary>
    /// <param name="imageSize">The size of its image; null for the file's own, or 224×224 where the file takes any.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="InvalidDataException">The file can't be run, or <see cref="OnnxTeacherOptions.EmbeddingName"/> names no tensor of it.</exception>
    public OnnxInspection Inspect(ImageSize? imageSize = null)
    {
        var size = _shape.InputSize ?? imageSize ?? new ImageSize(224, 224);
        var inspector = new OnnxInspector(_file, _shape, _options);
        var maps = inspector.FindMaps(size, ThreadLimit.Default);
        var chosen = OnnxFeatureChoice.Choose(maps);
        var (channels, embedding) = ((int?)null, inspector.EmbeddingName);
        if (embedding is not null)
        {
            using var session = Open(new TeacherSettings(TorchSharp.torch.CPU, ThreadLimit.Default, TeacherParts.Embedding));
            channels = session.Describe(size).Embedding;
        }
        return new OnnxInspection
        {
            Inputs = [.. _file.Inputs.Select(Describe)],
            Outputs = [.. _file.Outputs.Select(Describe)],
            InputName = _shape.Input,
            Layout = _shape.ChannelsLast ? ImageLayout.Nhwc : ImageLayout.Nchw,
            BatchSize = _shape.Batch,
            ImageSize = size,
            OutputName = _shape.Output,
            ClassCount = _shape.ClassCount,
            EndsInSoftmax = _shape.EndsInSoftmax,
            FeatureMaps = [.. maps.Select(m => new OnnxFeatureMap(
                m.Shape.Name, m.Tensor.Maker.OpType, m.Shape.Channels, m.Shape.Height, m.Shape.Width, m.ChannelsLast, chosen.Contains(m.Shape.Name)))],
            EmbeddingName = embedding,
            EmbeddingLength = channels,
        };
    }

    private static OnnxTensorInfo Describe(OnnxValue value) => new(value.Name, value.ElementType.ToString(), value.Dimensions?.Select(axis => axis.ToString()).ToList());

    internal override TeacherSession Open(TeacherSettings settings)
    {
        if (_shape.Output is null && (settings.Parts & TeacherParts.Logits) != 0)
            OnnxClassifierShape.Find(_file, _options); // says what is missing
        return new OnnxTeacherSession(_file, _shape, Normalization, _options, settings);
    }
}
