namespace Microsoft.ML.Distillation;

/// <summary>How the range of an activation is chosen from what calibration images give.</summary>
public enum CalibrationMethod
{
    /// <summary>From the least to the greatest value: nothing is cut off, and one stray value costs all others resolution.</summary>
    MinMax,

    /// <summary>The range that leaves (100 − <see cref="Int8Options.Percentile"/>)/2 per cent of all values outside at each end.</summary>
    Percentile,

    /// <summary>
    /// The threshold T on |x| whose clipped distribution loses the least information (Kullback–Leibler divergence) when it is told in 128 levels, out of 2048 bins; the range is what of
    /// [−T, T] there are values in. Values that are exactly 0 are not counted (Migacz, "8-bit inference with TensorRT", GTC 2017).
    /// </summary>
    Entropy,
}
