using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Any ONNX detector as a teacher, run by ONNX Runtime, or as TorchSharp operators on the training device (<see cref="OnnxDetectorTeacherOptions.Engine"/>), on the very pixels the student trains on,
/// resized to its own input without stretching them. What it finds can become labels; of YOLOv5's and YOLOv7's files the raw predictions can be had too, and of any file that takes batches the feature maps that <see cref="OnnxDetectorTeacherOptions.FeatureNames"/> names.
/// </summary>
/// <remarks>
/// <para>
/// Layouts: <see cref="DetectorOutputLayout"/>. Which one a file has is told by its outputs' names and by their shapes in one run on a black image, when the teacher is first used; a file that fits none is refused.
/// Scores, thresholds and suppression are those of each layout's origin; where suppression is left to the reader, it is greedy, by class.
/// </para>
/// <para>
/// A decoded YOLO output (x, y, w, h, objectness, classes after the sigmoid) is turned back into logits, probabilities kept 1e-6 from 0 and 1: <c>t = log(p / (1 − p))</c> with
/// <c>p_xy = (xy / stride − cell + ½) / 2</c> and <c>p_wh = √(wh / anchor) / 2</c>. The anchors must be the file's: boxes that these couldn't give end the run.
/// Raw predictions lie on the grid of the network's input, so that student and teacher must work at one size.
/// </para>
/// </remarks>
public sealed class OnnxDetectorTeacher : DetectorTeacher
{
    private readonly OnnxModelFile _file;
    private readonly OnnxDetectorTeacherOptions _options;
    private readonly Lazy<OnnxDetectorShape> _shape;

    private OnnxDetectorTeacher(OnnxModelFile file, OnnxDetectorTeacherOptions options)
    {
        (_file, _options) = (file, options);
        _shape = new(() => OnnxDetectorShape.Find(file, options), LazyThreadSafetyMode.PublicationOnly);
        ClassNames = options.ClassNames ?? OnnxClassNames.Find(file);
    }

    /// <inheritdoc/>
    public override string Name => $"ONNX detector {_file.Source}";

    /// <inheritdoc/>
    public override IReadOnlyList<string>? ClassNames { get; }

    /// <summary>Opens a detector's file.</summary>
    /// <param name="path">The <c>.onnx</c> file.</param>
    /// <param name="options">How it takes images and gives what it found; null for what the file says itself.</param>
    /// <returns>The teacher.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not ONNX.</exception>
    public static OnnxDetectorTeacher FromFile(string path, OnnxDetectorTeacherOptions? options = null) => new(OnnxModelFile.FromPath(path), options ?? new());

    /// <summary>A detector from the bytes of its file.</summary>
    /// <param name="model">The bytes of the <c>.onnx</c> file.</param>
    /// <param name="options">How it takes images and gives what it found; null for what the file says itself.</param>
    /// <returns>The teacher.</returns>
    /// <exception cref="InvalidDataException">The bytes are not ONNX.</exception>
    public static OnnxDetectorTeacher FromBytes(byte[] model, OnnxDetectorTeacherOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(OnnxModelFile.FromBytes(model, "(from bytes)"), options ?? new());
    }

    /// <summary>Looks at the file: how it takes images, how it gives what it finds, and which feature maps a student could learn from. The network is run.</summary>
    /// <param name="imageSize">The size of its image; null for the file's own, or 320×320 where the file takes any.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="InvalidDataException">The file is no detector's, or does not fit the options.</exception>
    public OnnxDetectorInspection Inspect(ImageSize? imageSize = null)
    {
        var shape = _shape.Value;
        var size = shape.Input.Size ?? imageSize ?? shape.ProbeSize;
        return new()
        {
            Layout = shape.Layout.Kind,
            OutputNames = shape.Layout.Outputs,
            ImageSize = size,
            ClassCount = shape.ClassCount,
            Normalization = shape.Normalization,
            HasRawPredictions = shape.Layout.Anchors is not null,
            FeatureMaps = shape.Input.Batched
                ? [.. OnnxDetectorTaps.Inspector(_file, shape.Input, null).FindMaps(size, ThreadLimit.Default).Select(m => new OnnxFeatureMap(
                    m.Shape.Name, m.Tensor.Maker.OpType, m.Shape.Channels, m.Shape.Height, m.Shape.Width, m.ChannelsLast, IsDefault: false))]
                : [],
        };
    }

    internal override string Identity => $"ONNX detector, {_file.Fingerprint()}";

    internal override void Validate(Faults faults) => _options.Validate(Name, faults);

    internal override DetectorTeacherSession Open(DetectorTeacherSettings settings) => new OnnxDetectorTeacherSession(_file, _shape.Value, _options, settings);
}
