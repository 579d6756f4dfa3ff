using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Weighs methods by the size of their gradients: each method's terms get a common factor with which their gradient on the student's last stage is as long as a share of the
/// labels' own. The factor is measured on the first batches and fixed from then on.
/// </summary>
/// <remarks>
/// After Chen, Badrinarayanan, Lee, Rabinovich: "GradNorm: gradient normalization for adaptive loss balancing in deep multitask networks", ICML 2018,
/// https://arxiv.org/abs/1711.02257. Departures: GradNorm trains its weights throughout and by how fast each task learns; here they are
/// <c>factor = Share · mean‖∇CE‖ / mean‖∇(Σ weight·term)‖</c>, with means over the first <see cref="Batches"/> batches so far, and then stay as they are. A method's own weights go on saying how
/// its terms compare with one another, and how they rise or begin in the course of training; the cross-entropy is taken without methods' factors on it.
/// Methods whose terms don't depend on the last stage are left as they are. Needs labels.
/// </remarks>
public sealed class TermBalanceOptions
{
    /// <summary>How long each method's gradient is to be, as a share of the length of the labels' cross-entropy's.</summary>
    /// <value>Above 0; default 1.</value>
    public double Share { get; init; } = 1;

    /// <summary>Batches on which a method is measured, counted from the first on which it has a gradient.</summary>
    /// <value>At least 1; default 20.</value>
    public int Batches { get; init; } = 20;

    internal void Validate(Faults faults)
    {
        faults.AddIf(!(Share > 0 && double.IsFinite(Share)), $"BalanceTerms.Share is {Share}; it must be above 0.");
        faults.AddIf(Batches < 1, $"BalanceTerms.Batches is {Batches}; it must be at least 1.");
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"share {Share} batches {Batches}");
}
