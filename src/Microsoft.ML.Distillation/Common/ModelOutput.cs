using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Common;

/// <summary>
/// Everything a distillation method may want from one forward of a student or a teacher. A teacher leaves null or empty what it can't give.
/// </summary>
/// <param name="Logits">Class logits, N×C.</param>
/// <param name="Features">The feature map after each stage, shallowest first, N×Cᵢ×Hᵢ×Wᵢ.</param>
/// <param name="Embedding">The pooled vector before the classifier, N×D.</param>
internal sealed record ModelOutput(Tensor? Logits, IReadOnlyList<Tensor> Features, Tensor? Embedding);
