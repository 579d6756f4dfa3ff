namespace Microsoft.ML.Distillation.Teachers;

/// <summary>What augmentation may do to an image after which it is no longer the one that was scored as it is; a mirrored image counts as the same.</summary>
internal static class UnscoredChanges
{
    public static IEnumerable<string> Of(ImageAugmentation augmentation)
    {
        if (augmentation.CropPadding > 0)
            yield return $"CropPadding {augmentation.CropPadding}";
        if (augmentation.CutoutSize > 0)
            yield return $"CutoutSize {augmentation.CutoutSize}";
    }
}
