using Google.Protobuf;
using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>An exported model in smaller numbers; classifiers and detectors alike.</summary>
/// <param name="Onnx">Its file.</param>
/// <param name="Settings">How it was done, as the file's metadata says it.</param>
/// <param name="Layers">Layers with weights.</param>
/// <param name="QuantizedLayers">Those of them in smaller numbers.</param>
internal sealed record QuantizedModel(byte[] Onnx, string Settings, int Layers, int QuantizedLayers)
{
    // The first with a scale for each channel.
    private const int LeastOpset = 13;

    /// <summary>In 8 bits, with ranges from images.</summary>
    /// <exception cref="InvalidDataException">The model gives values that are no numbers.</exception>
    public static QuantizedModel Int8(OnnxModelFile file, Int8Options options, ImageBatches images, int threads)
    {
        var (folded, plan) = Plan(file, options);
        var ranges = new ActivationCalibration(folded, plan.Origins, images, threads).Run(options);
        return Int8(folded, plan, plan.Parameters(ranges, folded), options, FormattableString.Invariant($"{images.Count} images"));
    }

    /// <summary>In 8 bits, with ranges that are known.</summary>
    /// <param name="file">A folded model.</param>
    /// <param name="how">Where the ranges are from.</param>
    public static QuantizedModel Int8(
        OnnxModelFile file, QuantizationPlan plan, IReadOnlyDictionary<string, (float Scale, byte ZeroPoint)> parameters, Int8Options options, string how) =>
        Of(QdqWriter.Write(file, plan, parameters, options.WeightLimit), $"int8: {options.Describe()}, {how}", plan.AllLayers, plan.Layers.Count);

    /// <summary>The model with BatchNorm folded, and what of it is to be in 8 bits.</summary>
    /// <exception cref="NotSupportedException">There is nothing to be quantised.</exception>
    public static (OnnxModelFile Folded, QuantizationPlan Plan) Plan(OnnxModelFile file, Int8Options options) => Plan(file, options, out _);

    /// <inheritdoc cref="Plan(OnnxModelFile, Int8Options)"/>
    /// <inheritdoc cref="BatchNormFolding.Fold(OnnxModelFile, out IReadOnlyDictionary{string, FoldedNorm})" path="/param[@name='norms']"/>
    public static (OnnxModelFile Folded, QuantizationPlan Plan) Plan(OnnxModelFile file, Int8Options options, out IReadOnlyDictionary<string, FoldedNorm> norms)
    {
        Check(file);
        var folded = BatchNormFolding.Fold(file, out norms);
        var plan = new QuantizationPlan(folded.Model.Graph, options.KeepFirstAndLast);
        if (plan.Layers.Count > 0)
            return (folded, plan);
        throw new NotSupportedException(
            $"{file.Source} has {plan.AllLayers} layers with weights, and none to be quantised{(options.KeepFirstAndLast && plan.AllLayers > 0 ? " but the first and the last: set KeepFirstAndLast to false" : "")}.");
    }

    /// <summary>In 16-bit floats.</summary>
    public static QuantizedModel Float16(OnnxModelFile file)
    {
        Check(file);
        var (model, layers) = Float16Conversion.Convert(BatchNormFolding.Fold(file));
        return Of(model, "float16", layers, layers);
    }

    /// <summary>What is to be said of it without looking at images.</summary>
    /// <param name="before">The file it was made from.</param>
    /// <param name="size">Of the images it takes.</param>
    public QuantizationReport Report(string kind, byte[] before, ImageSize size, int? calibrationImages, int? epochs = null) => new()
    {
        Kind = kind,
        Settings = Settings,
        Layers = Layers,
        QuantizedLayers = QuantizedLayers,
        CalibrationImages = calibrationImages,
        TrainedEpochs = epochs,
        ModelBytes = Onnx.LongLength,
        FloatModelBytes = before.LongLength,
        LatencyMs = Latency.OfModel(Onnx, size, ThreadLimit.Default),
        FloatLatencyMs = Latency.OfModel(before, size, ThreadLimit.Default),
    };

    private static QuantizedModel Of(ModelProto model, string settings, int layers, int quantized)
    {
        StudentFile.DescribeQuantisation(model, settings);
        return new(model.ToByteArray(), settings, layers, quantized);
    }

    private static void Check(OnnxModelFile file)
    {
        if (file.Metadata.ContainsKey(StudentFile.QuantisedKey))
            throw new InvalidDataException($"{file.Source} is quantised already ({file.Metadata[StudentFile.QuantisedKey]}). Start from the file it was made from.");
        if (file.OpsetVersions.GetValueOrDefault("") < LeastOpset || file.Inputs.Count != 1)
            throw new NotSupportedException($"{file.Source} has opset {file.OpsetVersions.GetValueOrDefault("")} and {file.Inputs.Count} inputs; a model that this library exported is needed.");
    }
}
