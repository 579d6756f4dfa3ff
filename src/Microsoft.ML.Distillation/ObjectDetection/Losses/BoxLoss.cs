namespace Microsoft.ML.Distillation;

/// <summary>How far a box is from an object's.</summary>
public enum BoxLoss
{
    /// <summary>The absolute difference of the offsets from the anchor, summed over the four.</summary>
    L1,

    /// <summary>1 − GIoU, the generalised intersection over union.</summary>
    GIoU,
}
