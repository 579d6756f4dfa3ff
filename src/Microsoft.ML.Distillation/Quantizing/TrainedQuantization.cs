namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>A student that a run trained on in 8 bits.</summary>
/// <param name="Images">Those that activations' ranges are of.</param>
internal sealed record TrainedQuantization(QuantizedModel Model, int Images, int Epochs);
