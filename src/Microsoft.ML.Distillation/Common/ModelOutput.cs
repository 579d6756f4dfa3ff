using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Common;

/// <summary>
/// Everything a distillation method may want from one forward of a student or a teacher. A teacher leaves null or empty what it can't give.
/// </summary>
/// <param name="Logits">Class logits, N×C.</param>
/// <param name="Features">The feature map after each stage, shallowest first, N×Cᵢ×Hᵢ×Wᵢ.</param>
/// <param name="Embedding">The pooled vector before the classifier, N×D.</param>
internal sealed record ModelOutput(Tensor? Logits, IReadOnlyList<Tensor> Features, Tensor? Embedding)
{
    /// <summary>The feature maps before each stage's last activation; empty unless a method asked for them.</summary>
    public IReadOnlyList<Tensor> PreActivations { get; init; } = [];

    /// <summary>What the network was given, N×3×H×W, where a method asked for gradients by it; else null.</summary>
    public Tensor? Input { get; init; }

    /// <summary>The logits of an ensemble's members with weights that add up to 1; empty for a single model.</summary>
    public IReadOnlyList<(Tensor Logits, double Weight)> Members { get; init; } = [];

    /// <summary>
    /// log softmax(logits / temperature), N×C. For an ensemble the log of the weighted mean of its members' softened probabilities, not of their logits.
    /// </summary>
    public Tensor LogProbabilities(double temperature) => Members.Count == 0
        ? nn.functional.log_softmax(Logits! / temperature, 1)
        : stack(Members.Select(m => nn.functional.log_softmax(m.Logits / temperature, 1) + Math.Log(m.Weight)), 0).logsumexp(0);

    /// <summary>Lets all its tensors outlive the innermost dispose scope.</summary>
    public ModelOutput MoveToOuterDisposeScope()
    {
        foreach (var tensor in new[] { Logits, Embedding, Input }.Concat(Features).Concat(PreActivations).Concat(Members.Select(m => m.Logits)))
            tensor?.MoveToOuterDisposeScope();
        return this;
    }
}
