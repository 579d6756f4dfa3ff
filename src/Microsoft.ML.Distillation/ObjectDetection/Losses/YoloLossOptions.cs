using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection;

namespace Microsoft.ML.Distillation;

/// <summary>
/// YOLOv5's loss of boxes, objectness and classes: <c>N·(g_box·(1 − CIoU) + g_obj·BCE + g_cls·BCE)</c>, each a mean over a level's matches or cells, summed over levels, times the
/// N images of the batch.
/// </summary>
/// <remarks>
/// https://github.com/ultralytics/yolov5, version 6. An anchor answers for an object when the sides' ratio stays below <see cref="AnchorThreshold"/>, in the object's own cell and
/// the two nearest neighbours. Objectness learns the box's CIoU; its levels weigh 4, 1 and 0.4. One class has no class term. Gains are for three levels,
/// 80 classes and 640×640 pixels and are scaled: box by 3/levels, class by classes/80·3/levels, objectness by H·W/640²·3/levels.
/// <para>Unlike the original: where several objects meet in one anchor of a cell, the best CIoU is its objectness, not that of whichever comes last; and denominators in CIoU are
/// at least 1e-7 instead of having it added. As published, the loss is multiplied by the images of the batch, and so the best learning rate depends on the batch's size.</para>
/// </remarks>
public sealed class YoloLossOptions
{
    /// <summary>g_box: weight of 1 − CIoU.</summary>
    /// <value>0 or more; default 0.05.</value>
    public double BoxGain { get; init; } = .05;

    /// <summary>g_obj: weight of the objectness.</summary>
    /// <value>0 or more; default 1.</value>
    public double ObjectnessGain { get; init; } = 1;

    /// <summary>g_cls: weight of the classes.</summary>
    /// <value>0 or more; default 0.5.</value>
    public double ClassGain { get; init; } = .5;

    /// <summary>ε: the right class is learnt as 1 − ε/2, the others as ε/2.</summary>
    /// <value>0…1, below 1; default 0.</value>
    public double LabelSmoothing { get; init; }

    /// <summary>An anchor fits an object when neither's width or height is this many times the other's.</summary>
    /// <value>Above 1; default 4.</value>
    public double AnchorThreshold { get; init; } = 4;

    internal YoloGains Gains => new(BoxGain, ObjectnessGain, ClassGain);

    internal void Validate(Faults faults)
    {
        Gains.Validate(nameof(YoloLossOptions), faults);
        faults.AddIf(!(LabelSmoothing is >= 0 and < 1), FormattableString.Invariant($"YoloLossOptions.LabelSmoothing is {LabelSmoothing}; it must be 0 or more and below 1."));
        faults.AddIf(!(AnchorThreshold > 1 && double.IsFinite(AnchorThreshold)), FormattableString.Invariant($"YoloLossOptions.AnchorThreshold is {AnchorThreshold}; it must be above 1."));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"YoloLoss box {BoxGain} objectness {ObjectnessGain} class {ClassGain} smoothing {LabelSmoothing} threshold {AnchorThreshold}");
}
