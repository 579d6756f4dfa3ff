using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Random changes to a training image, drawn anew for every image and epoch. Teacher and student see the same changed pixels.
/// Changes happen in this order: pad and crop, flip, cutout.
/// </summary>
public sealed class ImageAugmentation
{
    /// <summary>No change at all.</summary>
    public static ImageAugmentation None => new() { HorizontalFlip = false, CropPadding = 0, CutoutSize = 0 };

    /// <summary>Mirror the image left to right with probability ½.</summary>
    /// <value>Default: true. Switch off where left and right differ in meaning, such as digits.</value>
    public bool HorizontalFlip { get; init; } = true;

    /// <summary>Pad the image with this many black pixels on each side, then crop it at a random place to its own size again.</summary>
    /// <value>0 or more pixels; default 4, the usual choice for 32×32 images.</value>
    public int CropPadding { get; init; } = 4;

    /// <summary>
    /// Side of a square, centred at a random pixel, that is blacked out; it may reach over the border. DeVries and Taylor, "Improved regularization
    /// of convolutional neural networks with cutout", 2017, https://arxiv.org/abs/1708.04552.
    /// </summary>
    /// <value>0 or more pixels; default 0, which is off.</value>
    public int CutoutSize { get; init; }

    internal void Validate(Faults faults)
    {
        faults.AddIf(CropPadding < 0, $"Augmentation.CropPadding is {CropPadding}; it must be 0 or more pixels.");
        faults.AddIf(CutoutSize < 0, $"Augmentation.CutoutSize is {CutoutSize}; it must be 0 or more pixels.");
    }

    /// <inheritdoc/>
    public override string ToString() => $"flip {HorizontalFlip}, crop padding {CropPadding}, cutout {CutoutSize}";
}
