using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Contrastive representation distillation (CRD): of all training images, the student's embedding of one shall be most like the teacher's of the same one.
/// Both embeddings pass a trained linear layer and are scaled to length 1 (u, v); with <c>h(u, v) = e^{u·v/τ}/Z / (e^{u·v/τ}/Z + K/n)</c>, n training
/// images and K negatives of other classes, the term is <c>−w·mean [log h(positive) + Σ_K log(1 − h(negative))]</c>, once with the student's u against a
/// bank of the teacher's v and once the other way round, added.
/// </summary>
/// <remarks>
/// Tian, Krishnan, Isola: "Contrastive representation distillation", 2020, equations 10–18, https://arxiv.org/abs/1910.10699. Z is the mean of the first batch times n, each
/// bank's vectors follow their image's embedding by <see cref="Momentum"/>, as in the authors' code; its ε of 1e-7 beside K/n is left out, the logarithms being
/// taken without quotients. Memory: two banks of n × <see cref="Width"/> floats (51 MB for 50,000 images) and at every step, twice, the batch's N × n similarities
/// (13 MB for 64 images) and N × (K + 1) negatives (8 MB as places, 4 MB as similarities); n in the millions is out of reach of most devices. Images mixed of two can't
/// be used.
/// </remarks>
public sealed class ContrastiveDistillation : DistillationMethod
{
    /// <inheritdoc/>
    public override string Name => "ContrastiveDistillation";

    /// <summary>w: weight of the term.</summary>
    /// <value>0 or more; default 0.8.</value>
    public double Weight { get; init; } = .8;

    /// <summary>τ: the lower, the more the closest negatives count.</summary>
    /// <value>Above 0; default 0.07.</value>
    public double Temperature { get; init; } = .07;

    /// <summary>K: negatives of every image, drawn anew at every step, with replacement.</summary>
    /// <value>1 or more; default 16384.</value>
    public int Negatives { get; init; } = 16384;

    /// <summary>Share of a bank's vector that stays when its image comes by.</summary>
    /// <value>0 or more and below 1; default 0.5.</value>
    public double Momentum { get; init; } = .5;

    /// <summary>Length that both embeddings are brought to.</summary>
    /// <value>1 or more; default 128.</value>
    public int Width { get; init; } = 128;

    internal override TeacherParts Needs => TeacherParts.Embedding;

    internal override BatchParts Uses => BatchParts.OneLabel;

    internal override void Validate(Faults faults)
    {
        faults.NotNegative("ContrastiveDistillation.Weight", Weight);
        faults.Positive("ContrastiveDistillation.Temperature", Temperature);
        faults.AtLeast("ContrastiveDistillation.Negatives", Negatives, 1);
        faults.AddIf(!(Momentum >= 0 && Momentum < 1), $"ContrastiveDistillation.Momentum is {Momentum}; it must be 0 or more and below 1.");
        faults.AtLeast("ContrastiveDistillation.Width", Width, 1);
    }

    internal override void Check(LossContext context, Faults faults)
    {
        faults.AddIf(
            context.Labels.Distinct().Take(2).Count() < 2,
            "ContrastiveDistillation tells images from those of other classes, and all training images are of one; choose another method.");
        faults.AddIf(
            (long)context.Labels.Count * Width > Array.MaxLength,
            $"ContrastiveDistillation keeps {Width} values of each of {context.Labels.Count} training images, which is too much; lower Width, or choose another method.");
    }

    internal override DistillationLoss CreateLoss(LossContext context) => new ContrastiveLoss(this, context);

    /// <summary>log e^{u·v/τ} of each embedding with its positive, the first column, and its negatives: N×(K + 1).</summary>
    /// <param name="embeddings">N×D of length 1.</param>
    /// <param name="bank">n×D.</param>
    /// <param name="places">Rows of the bank, N×(K + 1).</param>
    /// <param name="temperature">τ.</param>
    internal static Tensor Similarities(Tensor embeddings, Tensor bank, Tensor places, double temperature) =>
        embeddings.matmul(bank.t()).gather(1, places) / temperature;

    /// <summary>log Z: of the mean of e^{u·v/τ} times the number of training images, a scalar.</summary>
    internal static Tensor LogNormalizer(Tensor similarities, long count) =>
        similarities.flatten().logsumexp(0) + (Math.Log(count) - Math.Log(similarities.numel()));

    /// <summary>−mean [log h(positive) + Σ log(1 − h(negative))], a scalar.</summary>
    internal static Tensor Contrast(Tensor similarities, Tensor logNormalizer, long count)
    {
        var negatives = similarities.shape[1] - 1;
        // log of (e^{u·v/τ}/Z) / (K/n): h is its logistic function, and −log h and −log(1 − h) are softplus of ∓ it.
        var odds = similarities - logNormalizer - Math.Log((double)negatives / count);
        return (odds.narrow(1, 0, 1).neg().softplus().sum() + odds.narrow(1, 1, negatives).softplus().sum()) / similarities.shape[0];
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"{Name} weight {Weight} temperature {Temperature} negatives {Negatives} momentum {Momentum} width {Width}");
}
