using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Random changes to a training image, drawn anew for every image and epoch. Teacher and student see the same changed pixels.
/// Changes happen in this order: pad and crop, flip, cutout, and last Mixup or CutMix, one of them a batch. A method that needs images of one label refuses the last two.
/// </summary>
public sealed class ImageAugmentation
{
    /// <summary>No change at all.</summary>
    public static ImageAugmentation None => new() { HorizontalFlip = false, CropPadding = 0, CutoutSize = 0 };

    /// <summary>Mirror the image left to right with probability ½.</summary>
    /// <value>Default: true. Switch off where left and right differ in meaning, such as digits.</value>
    public bool HorizontalFlip { get; init; } = true;

    /// <summary>Pad the image with this many black pixels on each side, then crop it at a random place to its own size again.</summary>
    /// <value>0 or more pixels of the image as the student sees it; default 4, the usual choice for 32×32 images.</value>
    public int CropPadding { get; init; } = 4;

    /// <summary>
    /// Side of a square, centred at a random pixel, that is blacked out; it may reach over the border. DeVries and Taylor, "Improved regularization
    /// of convolutional neural networks with cutout", 2017, https://arxiv.org/abs/1708.04552.
    /// </summary>
    /// <value>0 or more pixels of the image as the student sees it; default 0, which is off.</value>
    public int CutoutSize { get; init; }

    /// <summary>
    /// Blends every image of a batch with another of the batch, λ·x + (1 − λ)·x′, and weighs their labels likewise; λ is drawn from Beta(α, α) for every batch. Zhang, Cisse,
    /// Dauphin, Lopez-Paz: "mixup: beyond empirical risk minimization", ICLR 2018, https://arxiv.org/abs/1710.09412.
    /// </summary>
    /// <value>α, 0 or more; default 0, which is off. The paper uses 1 for CIFAR-10, 0.1 to 0.4 for ImageNet.</value>
    public double Mixup { get; init; }

    /// <summary>
    /// Pastes a box of another image of the batch into every image, at the same place in all, and weighs their labels by the area that was really pasted; the box has 1 − λ of
    /// the area before the image's border cuts it, λ drawn from Beta(α, α) for every batch. Where Mixup is on too, a batch gets one of them, each with probability ½.
    /// Yun, Han, Oh, Chun, Choe, Yoo: "CutMix: regularization strategy to train strong classifiers with localizable features", ICCV 2019, https://arxiv.org/abs/1905.04899.
    /// </summary>
    /// <value>α, 0 or more; default 0, which is off. The paper uses 1.</value>
    public double CutMix { get; init; }

    /// <summary>Whether one view of an image may differ from another.</summary>
    private bool ChangesViews => HorizontalFlip || CropPadding > 0 || CutoutSize > 0;

    /// <summary>Whether images are mixed of two.</summary>
    internal bool Mixes => Mixup > 0 || CutMix > 0;

    internal void Validate(Faults faults)
    {
        faults.AddIf(CropPadding < 0, $"Augmentation.CropPadding is {CropPadding}; it must be 0 or more pixels.");
        faults.AddIf(CutoutSize < 0, $"Augmentation.CutoutSize is {CutoutSize}; it must be 0 or more pixels.");
        faults.AddIf(!(Mixup >= 0 && double.IsFinite(Mixup)), $"Augmentation.Mixup is {Mixup}; it must be 0 or more.");
        faults.AddIf(!(CutMix >= 0 && double.IsFinite(CutMix)), $"Augmentation.CutMix is {CutMix}; it must be 0 or more.");
    }

    /// <summary>Reports methods that can't use images of two labels, or that compare views of an image where all are equal.</summary>
    internal void Check(IEnumerable<DistillationMethod> methods, Faults faults)
    {
        foreach (var method in methods.Where(m => !ChangesViews && (m.Uses & BatchParts.SecondView) != 0))
            faults.Add($"{method.Name} compares two views of every image, and Augmentation changes none, so that both are equal: switch on Augmentation.HorizontalFlip, CropPadding or CutoutSize, or remove the method.");
        foreach (var method in methods.Where(m => Mixes && (m.Uses & BatchParts.OneLabel) != 0))
            faults.Add($"{method.Name} needs images of one label, and Augmentation mixes images of two: set Augmentation.Mixup and Augmentation.CutMix to 0, or remove the method.");
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var mixing = (Mixup > 0 ? FormattableString.Invariant($", Mixup {Mixup}") : "") + (CutMix > 0 ? FormattableString.Invariant($", CutMix {CutMix}") : "");
        return $"flip {HorizontalFlip}, crop padding {CropPadding}, cutout {CutoutSize}{mixing}";
    }
}
