using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>
/// The evidence self-distillation gives for itself: a student that has ended in a flat minimum loses little accuracy when its weights are shaken, and one whose early stages
/// are taught directly gets gradients there. Measured on the returned student and, where it is compared with one, on the baseline of the same seed; neither is changed by it.
/// </summary>
/// <remarks>
/// Zhang et al.: "Be your own teacher: improve the performance of convolutional neural networks via self distillation", 2019, section 5, https://arxiv.org/abs/1905.08094.
/// Departure from the paper: noise is relative to the size of each layer's weights, since a network with BatchNorm may have weights of any size.
/// </remarks>
public sealed class EvidenceOptions
{
    /// <summary>Strengths of the noise, which is Gaussian: a weight w of a tensor becomes w + strength·√(mean w²)·ε, the mean taken over that tensor.</summary>
    /// <value>At least one, each 0 or more, rising; default 0, 0.05, 0.1, 0.15, 0.2, 0.3.</value>
    public IReadOnlyList<double> NoiseStrengths { get; init => field = value?.ToArray()!; } = [0, .05, .1, .15, .2, .3];

    /// <summary>Draws of ε for each strength; all strengths, and student and baseline, see the same ones. Every draw scores all validation images once for each strength above 0.</summary>
    /// <value>At least 1; default 5.</value>
    public int Draws { get; init; } = 5;

    /// <summary>Batches, the first of the last epoch, that gradients are taken on: of what that run minimises, by the weights that are returned (helpers of methods as they ended).</summary>
    /// <value>At least 1; default 8. Fewer where an epoch has fewer.</value>
    public int GradientBatches { get; init; } = 8;

    internal const string WithoutHeldOut =
        "Evidence measures accuracy on images that train nobody, and there is no validation data: set ValidationSet or ValidationFraction, or give Fit a validation set.";

    internal void Validate(Faults faults)
    {
        var strengths = NoiseStrengths ?? [];
        faults.AddIf(
            strengths.Count == 0 || strengths.Any(s => !(s >= 0 && double.IsFinite(s))) || strengths.Zip(strengths.Skip(1)).Any(pair => pair.First >= pair.Second),
            $"Evidence.NoiseStrengths is {Numbers(strengths)}; at least one is needed, each 0 or more and above the one before.");
        faults.AddIf(Draws < 1, $"Evidence.Draws is {Draws}; it must be at least 1.");
        faults.AddIf(GradientBatches < 1, $"Evidence.GradientBatches is {GradientBatches}; it must be at least 1.");
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"noise {Numbers(NoiseStrengths)}, {Draws} draws, {GradientBatches} batches");

    private static string Numbers(IReadOnlyList<double> values) => values.Count == 0 ? "empty" : string.Join(' ', values.Select(v => FormattableString.Invariant($"{v}")));
}
