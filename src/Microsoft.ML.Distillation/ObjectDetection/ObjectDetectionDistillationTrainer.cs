using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation;

/// <summary>
/// The <see cref="IEstimator{TTransformer}"/> that trains a small object detector, alone or with a teacher.
/// Created by <see cref="DistillationExtensions.DistillObjectDetection(MLContext, ObjectDetectionDistillationOptions)"/>.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// | | |
/// | -- | -- |
/// | Machine learning task | Object detection |
/// | Input columns | image (`MLImage`, or a vector of bytes: an encoded file), labels (vector of keys with key values, one an object), bounding boxes (vector of float, `x0 y0 x1 y1` an object, in pixels of the image); images alone where a teacher labels them |
/// | Output columns | `PredictedLabel` (vector of keys with the label's key values), `Score` (vector of float), `PredictedBoundingBoxes` (vector of float, `x0 y0 x1 y1`, in pixels of the image) |
/// | Is normalization required? | No, it becomes part of the model |
/// | Is caching required? | No, images are decoded once and kept within `MemoryBudget` |
/// | GPU | Yes, with TorchSharp-cuda-linux or TorchSharp-cuda-windows |
/// | Required NuGet in addition to Microsoft.ML | to train: TorchSharp and libtorch; to predict: Microsoft.ML.Distillation.Runtime, Microsoft.ML.ImageAnalytics, Microsoft.ML.OnnxTransformer, Microsoft.ML.OnnxRuntime |
/// | Exportable to ONNX | Yes: `SaveAsOnnx` |
/// ]]></format>
/// </remarks>
public sealed class ObjectDetectionDistillationTrainer : IEstimator<ObjectDetectionDistillationTransformer>
{
    private readonly MLContext _ml;
    private readonly IHost _host;
    private readonly ObjectDetectionDistillationOptions _options;

    internal ObjectDetectionDistillationTrainer(MLContext ml, ObjectDetectionDistillationOptions options)
    {
        (_ml, _options) = (ml, options.Copy());
        _options.Validate();
        _host = ((IHostEnvironment)ml).Register(nameof(ObjectDetectionDistillationTrainer));
    }

    /// <summary>Trains on <paramref name="input"/>; validates on <see cref="DistillationOptions.ValidationSet"/> if the options have one.</summary>
    /// <param name="input">Rows with an image, and labels and boxes of the objects on it; images without objects are welcome.</param>
    /// <returns>The fitted student.</returns>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type, or a method can't be used with this student and teacher.</exception>
    /// <exception cref="InvalidDataException">The data has no rows or no objects, an image or a box can't be used, the teacher does not fit, or no checkpoint in the folder is whole.</exception>
    /// <exception cref="InvalidOperationException">Training diverged, the GPU asked for is not there, or the checkpoint is of other options or data.</exception>
    /// <exception cref="IOException">The checkpoint folder can't be made, or another run has it open.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public ObjectDetectionDistillationTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Fit(input, _options.ValidationSet);
    }

    /// <summary>Trains on <paramref name="train"/> and measures on <paramref name="validation"/> after each epoch.</summary>
    /// <param name="train">Rows with an image, and labels and boxes of the objects on it.</param>
    /// <param name="validation">Rows with the same columns and the same key values, or null.</param>
    /// <returns>The fitted student.</returns>
    /// <inheritdoc cref="Fit(IDataView)" path="/exception"/>
    public ObjectDetectionDistillationTransformer Fit(IDataView train, IDataView? validation)
    {
        ArgumentNullException.ThrowIfNull(train);
        using var channel = _host.Start("Distillation");
        using var checkpoints = CheckpointFolder.Open(_options.CheckpointFolder, _options.Checkpoints);
        var seed = _options.Seed ?? checkpoints?.Seed ?? _host.Rand.Next();
        checkpoints?.Begin(seed);
        return new DetectionRun(_ml, _options, seed, channel, checkpoints).Fit(train, validation);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return DetectorSchema.Output(_ml, inputSchema, _options.ImageColumnName, _options.LabelColumnName, _options.BoundingBoxColumnName, _options.Outputs);
    }
}
