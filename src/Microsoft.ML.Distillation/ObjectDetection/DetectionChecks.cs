using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using Microsoft.ML.Distillation.Quantizing;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>Checks of a run that need no image: what is wrong is to be told in seconds, not after the images are decoded or the student is trained.</summary>
internal static class DetectionChecks
{
    /// <summary>Whether every method can be used with this student and teacher.</summary>
    /// <exception cref="ArgumentException">One can't; the message lists all reasons.</exception>
    public static void Methods(ObjectDetectionDistillationOptions options, DetectorModule student, OpenedDetectorTeacher? teacher, ImageSize size, int seed, Device device)
    {
        // The size may be the teacher's, which options alone don't tell.
        if (DistillationOptions.BatchFault(options.BatchSize, size, nameof(options.ImageSize)) is { } fault)
            throw new ArgumentException(fault, nameof(options));
        DetectionLosses.Check([.. options.Methods], new DetectionLossContext(DetectorShapes.Of(student, size), teacher?.Describe(size), size, options.BatchSize, seed, device));
    }

    /// <summary>Whether the student can be trained on in 8 bits, where it is to be.</summary>
    /// <exception cref="NotSupportedException">It has nothing that can be quantised.</exception>
    public static void Quantization(ObjectDetectionDistillationOptions options, DetectorModule student, StudentDescription description)
    {
        if (options.QuantizationAware is not { } aware)
            return;
        using var inEightBits = new QuantizedDetector(student, description, aware, new ImageBatches(0, description.StoredSize, (_, _) => []), threads: 1);
    }

    /// <summary>Puts the model together once, with the student as it is: columns that don't fit and packages that aren't there show now.</summary>
    public static void Chain(
        MLContext ml, ObjectDetectionDistillationOptions options, IDataView data, DetectorPreparation preparation, DetectorModule student, StudentDescription description)
    {
        var (chain, _) = Build(ml, options, data, preparation, student, description);
        OnnxLink.Dispose(chain);
    }

    /// <summary>The chain that is the model, and the ONNX graph in it.</summary>
    public static (Microsoft.ML.Data.TransformerChain<ITransformer> Chain, byte[] Graph) Build(
        MLContext ml, ObjectDetectionDistillationOptions options, IDataView data, DetectorPreparation preparation, DetectorModule student, StudentDescription description)
    {
        var names = new DetectionNames(DetectorChain.BoxColumn, DetectorChain.ScoreColumn, DetectorChain.ClassColumn);
        var bare = DetectorExporter.ForPipeline(student, description, options.Suppression, ImagePreparation.PixelColumn, names);
        var graph = DetectorGraph.WithInputSize(bare, preparation.Size);
        return (DetectorChain.Build(ml, data, preparation, graph, description.ClassNames, options.Outputs), graph);
    }

    /// <summary>The columns of the validation data, whose classes must be the student's.</summary>
    /// <exception cref="ArgumentException">They are others.</exception>
    public static ObjectColumns ValidationColumns(ObjectDetectionDistillationOptions options, IDataView validation, IReadOnlyList<string> classes)
    {
        var columns = ObjectColumns.Find(
            validation.Schema, options.ValidationLabels ?? throw new ArgumentException(ObjectDetectionDistillationOptions.WithoutValidationLabels, nameof(validation)), options.ValidationBoxes!);
        if (columns.ClassNames.SequenceEqual(classes))
            return columns;
        var (others, remedy) = options.HasLabels
            ? ("the training data has", "Map both with the same fitted MapValueToKey.")
            : ("the teacher's are", "Map it with MapValueToKey and those names as its keyData.");
        throw new ArgumentException($"The validation data's label '{columns.Labels.Name}' has the classes {string.Join(", ", columns.ClassNames)}; {others} {string.Join(", ", classes)}. {remedy}", nameof(validation));
    }

    /// <summary>Whether a step has what BatchNorm needs.</summary>
    /// <param name="images">Training images there are.</param>
    /// <exception cref="InvalidDataException">It is of one image, whose coarsest map has one place.</exception>
    public static void Batch(ImageSize size, int batchSize, int images)
    {
        if (Math.Min(batchSize, images) == 1 && size == DetectorModule.SmallestSize)
        {
            throw new InvalidDataException($"A step has one image of {size}, of which the coarsest map has one place, and BatchNorm needs more than one value a channel: "
                + $"{(images == 1 ? "give more training images" : "set BatchSize to 2 or more")}, or a larger ImageSize.");
        }
    }

    /// <param name="found">Whether a teacher was to find the objects.</param>
    /// <exception cref="InvalidDataException">There is nothing on any of the images.</exception>
    public static void HasObjects(DetectionData data, string role, bool found = false)
    {
        if (Fault(data, role, found) is { } fault)
            throw new InvalidDataException(fault);
    }

    /// <returns>Null where there is something on any of the images.</returns>
    /// <inheritdoc cref="HasObjects" path="/param"/>
    public static string? Fault(DetectionData data, string role, bool found = false) => data.Boxes.ObjectCount > 0
        ? null
        : $"None of the {data.Count} {role} images has an object on it: {(role == "training" ? "there is nothing to learn" : "there is nothing to measure by")}. "
            + (found ? "The teacher finds nothing it is sure enough of: lower PseudoLabels.ScoreThreshold, or check the teacher (ml.CheckTeacher)." : "Check the columns of labels and boxes.");
}
