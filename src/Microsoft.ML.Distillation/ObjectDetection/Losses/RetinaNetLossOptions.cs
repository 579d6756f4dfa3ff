using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>
/// RetinaNet's loss: the focal loss of every anchor and class, and the boxes' of every anchor that answers for an object; both are sums over the batch divided by the number of such anchors.
/// </summary>
/// <remarks>
/// Lin, Goyal, Girshick, He, Dollár: "Focal loss for dense object detection", 2017, https://arxiv.org/abs/1708.02002. An anchor answers for the object it overlaps most when the IoU is
/// <see cref="ForegroundIoU"/> or more; it is background below <see cref="BackgroundIoU"/>, and left out between. Unlike the paper: the anchors that overlap an object most answer for it
/// (see <see cref="LowQualityMatches"/>), boxes learn by L1 or GIoU where it has smooth L1, and sums are divided by the whole batch's count instead of each image's, as the usual
/// implementations have it.
/// </remarks>
public sealed class RetinaNetLossOptions
{
    /// <summary>α: weight of the class that is there; those that are not have 1 − α.</summary>
    /// <value>0…1; default 0.25.</value>
    public double Alpha { get; init; } = .25;

    /// <summary>γ: how little easy examples count.</summary>
    /// <value>0, or 1 and more; default 2.</value>
    public double Gamma { get; init; } = 2;

    /// <summary>An anchor answers for an object from this IoU on.</summary>
    /// <value>Above 0, at most 1; default 0.5.</value>
    public double ForegroundIoU { get; init; } = .5;

    /// <summary>An anchor is background below this IoU with every object.</summary>
    /// <value>0 to <see cref="ForegroundIoU"/>; default 0.4.</value>
    public double BackgroundIoU { get; init; } = .4;

    /// <summary>Whether the anchors that overlap an object most count as foreground however little that is; each then answers for the object that it overlaps most itself.</summary>
    /// <value>Default true.</value>
    public bool LowQualityMatches { get; init; } = true;

    /// <summary>How boxes learn.</summary>
    /// <value>Default <see cref="BoxLoss.L1"/>.</value>
    public BoxLoss BoxLoss { get; init; }

    /// <summary>Weight of the boxes' loss beside the classes'.</summary>
    /// <value>0 or more; default 1.</value>
    public double BoxWeight { get; init; } = 1;

    internal void Validate(Faults faults)
    {
        faults.AddIf(!(Alpha is >= 0 and <= 1), FormattableString.Invariant($"RetinaNetLossOptions.Alpha is {Alpha}; it must be 0…1."));
        faults.AddIf(!(Gamma == 0 || (Gamma >= 1 && double.IsFinite(Gamma))), FormattableString.Invariant($"RetinaNetLossOptions.Gamma is {Gamma}; it must be 0, or 1 or more."));
        faults.AddIf(!(ForegroundIoU is > 0 and <= 1), FormattableString.Invariant($"RetinaNetLossOptions.ForegroundIoU is {ForegroundIoU}; it must be above 0 and at most 1."));
        faults.AddIf(
            !(BackgroundIoU >= 0 && BackgroundIoU <= ForegroundIoU),
            FormattableString.Invariant($"RetinaNetLossOptions.BackgroundIoU is {BackgroundIoU}; it must be 0 or more and at most ForegroundIoU, which is {ForegroundIoU}."));
        faults.AddIf(!Enum.IsDefined(BoxLoss), $"RetinaNetLossOptions.BoxLoss is {BoxLoss}; it must be L1 or GIoU.");
        faults.NotNegative("RetinaNetLossOptions.BoxWeight", BoxWeight);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"RetinaNetLoss alpha {Alpha} gamma {Gamma} foreground {ForegroundIoU} background {BackgroundIoU} low quality {LowQualityMatches} box {BoxLoss} weight {BoxWeight}");
}
