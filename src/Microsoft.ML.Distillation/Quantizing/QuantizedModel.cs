using Google.Protobuf;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;

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
        Check(file);
        var folded = BatchNormFolding.Fold(file);
        var plan = new QuantizationPlan(folded.Model.Graph, options.KeepFirstAndLast);
        if (plan.Layers.Count == 0)
        {
            throw new NotSupportedException(
                $"{file.Source} has {plan.AllLayers} layers with weights, and none to be quantised{(options.KeepFirstAndLast && plan.AllLayers > 0 ? " but the first and the last: set KeepFirstAndLast to false" : "")}.");
        }
        var ranges = new ActivationCalibration(folded, [.. plan.Tensors.Select(plan.Origin).Distinct()], images, threads).Run(options);
        var settings = FormattableString.Invariant($"int8: {options.Describe()}, {images.Count} images");
        return Of(QdqWriter.Write(folded, plan, ranges, options.WeightLimit), settings, plan.AllLayers, plan.Layers.Count);
    }

    /// <summary>In 16-bit floats.</summary>
    public static QuantizedModel Float16(OnnxModelFile file)
    {
        Check(file);
        var (model, layers) = Float16Conversion.Convert(BatchNormFolding.Fold(file));
        return Of(model, "float16", layers, layers);
    }

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
