using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ImageClassification;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation;

/// <summary>
/// The <see cref="IEstimator{TTransformer}"/> that trains a small image classifier, alone or with a teacher.
/// Created by <see cref="DistillationExtensions.DistillImageClassification(MLContext, ImageClassificationDistillationOptions)"/>.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// | | |
/// | -- | -- |
/// | Machine learning task | Multiclass classification of images |
/// | Input columns | image (`MLImage`, or a vector of bytes: an encoded file), label (scalar key with key values; none where `LabelColumnName` is null) |
/// | Output columns | `Score` (vector of probabilities), `PredictedLabel` (key with the label's key values, or the teacher's class names) |
/// | Is normalization required? | No, it becomes part of the model |
/// | Is caching required? | No, images are decoded once and kept within `MemoryBudget` |
/// | GPU | Yes, with TorchSharp-cuda-linux or TorchSharp-cuda-windows |
/// | Required NuGet in addition to Microsoft.ML | to train: TorchSharp and libtorch; to predict: Microsoft.ML.ImageAnalytics, Microsoft.ML.OnnxTransformer, Microsoft.ML.OnnxRuntime |
/// | Exportable to ONNX | Yes: `SaveAsOnnx` |
/// ]]></format>
/// </remarks>
public sealed class ImageClassificationDistillationTrainer : IEstimator<ImageClassificationDistillationTransformer>
{
    private readonly MLContext _ml;
    private readonly IHost _host;
    private readonly ImageClassificationDistillationOptions _options;

    internal ImageClassificationDistillationTrainer(MLContext ml, ImageClassificationDistillationOptions options)
    {
        (_ml, _options) = (ml, options.Copy());
        _options.Validate();
        _host = ((IHostEnvironment)ml).Register(nameof(ImageClassificationDistillationTrainer));
    }

    /// <summary>Trains on <paramref name="input"/>; validates on <see cref="DistillationOptions.ValidationSet"/> if the options have one.</summary>
    /// <param name="input">Rows with an image and a label, or with an image alone where the options name no label.</param>
    /// <returns>The fitted student.</returns>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    /// <exception cref="InvalidDataException">The data has no rows, an image can't be read, the teacher does not fit the labels, or no checkpoint in the folder is whole.</exception>
    /// <exception cref="InvalidOperationException">Training diverged, the GPU asked for is not there, or the checkpoint is of other options or data.</exception>
    /// <exception cref="IOException">The checkpoint folder can't be made, or another run has it open.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public ImageClassificationDistillationTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Fit(input, _options.ValidationSet);
    }

    /// <summary>Trains on <paramref name="train"/> and measures on <paramref name="validation"/> after each epoch.</summary>
    /// <param name="train">Rows with an image and a label.</param>
    /// <param name="validation">Rows with the same columns and the same key values, or null.</param>
    /// <returns>The fitted student.</returns>
    /// <inheritdoc cref="Fit(IDataView)" path="/exception"/>
    public ImageClassificationDistillationTransformer Fit(IDataView train, IDataView? validation)
    {
        ArgumentNullException.ThrowIfNull(train);
        using var channel = _host.Start("Distillation");
        using var checkpoints = CheckpointFolder.Open(_options.CheckpointFolder, _options.Checkpoints);
        var seed = _options.Seed ?? checkpoints?.Seed ?? _host.Rand.Next();
        checkpoints?.Begin(seed);
        return new ClassificationRun(_ml, _options, seed, channel, checkpoints).Fit(train, validation);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return ClassifierSchema.Output(_ml, _options, inputSchema);
    }
}
