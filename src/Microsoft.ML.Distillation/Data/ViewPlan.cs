namespace Microsoft.ML.Distillation.Data;

/// <summary>
/// Which changed views of an image come back in a run, so that what was said of one can be used again: the image as it is; the image and its mirror image; or, where augmentation is
/// replayed, those of the first epochs, over and over.
/// </summary>
/// <param name="Augmentation">The changes.</param>
/// <param name="Replayed">Epochs after which the same random numbers are drawn again; null for never.</param>
internal sealed record ViewPlan(ImageAugmentation Augmentation, int? Replayed = null)
{
    /// <summary>The number of a view that never comes back.</summary>
    public const int Unique = -1;

    /// <summary>How many views of an image there are; 0 where every epoch makes new ones.</summary>
    public int Count => IsMovedOrCut ? Replayed ?? 0 : Augmentation.HorizontalFlip ? 2 : 1;

    /// <summary>Epochs before a view can come back; null where none does.</summary>
    public int? Return => IsMovedOrCut ? Replayed : 1;

    private bool IsMovedOrCut => Augmentation.CropPadding > 0 || Augmentation.CutoutSize > 0;

    /// <summary>The epoch whose random numbers an epoch's views are drawn with.</summary>
    public int Drawn(int epoch) => Replayed is { } epochs ? epoch % epochs : epoch;

    /// <returns>The view's number, from 0, or <see cref="Unique"/>.</returns>
    public int Number(int epoch, bool flipped) => IsMovedOrCut ? (Replayed is null ? Unique : Drawn(epoch)) : flipped ? 1 : 0;

    /// <inheritdoc/>
    public override string ToString() => IsMovedOrCut ? FormattableString.Invariant($"{Count} views of each image")
        : Augmentation.HorizontalFlip ? "images and their mirror images" : "images as they are";
}
