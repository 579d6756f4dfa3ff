namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>A student that a run trained on in 8 bits.</summary>
/// <param name="Images">Those that activations' ranges are of.</param>
internal sealed record TrainedQuantization(QuantizedModel Model, int Images, int Epochs)
{
    private const string Nothing =
        "This student was not trained on in 8 bits: set the options' QuantizationAware to new QuantizationAwareOptions() and train again, or take Quantization.Int8, which needs no training.";

    /// <exception cref="InvalidOperationException">The run trained nothing in 8 bits.</exception>
    public static TrainedQuantization Of(TrainedQuantization? trained) => trained ?? throw new InvalidOperationException(Nothing);

    /// <inheritdoc cref="QuantizedModel.Report"/>
    public QuantizationReport Report(byte[] before, ImageSize size) => Model.Report(QuantizationReport.Int8TrainedKind, before, size, Images, Epochs);
}
