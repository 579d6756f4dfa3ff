using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>How a model is brought to 8 bits; see <see cref="Quantization.Int8"/>.</summary>
public sealed class Int8Options
{
    /// <summary>How the ranges of activations are chosen. <value>The default is <see cref="CalibrationMethod.Percentile"/>.</value></summary>
    public CalibrationMethod Calibration { get; init; } = CalibrationMethod.Percentile;

    /// <summary>The share of values within the range, in per cent; of no meaning to the other methods. <value>Above 50, at most 100; default 99.99.</value></summary>
    public double Percentile { get; init; } = 99.99;

    /// <summary>The most images that are used of the calibration data, evenly spread over its rows; more cost time and seldom help. <value>At least 1; default 512.</value></summary>
    public int CalibrationImages { get; init; } = 512;

    /// <summary>
    /// Whether the first layers (no layer with weights is ahead of them) and the last (none follows) stay in 32-bit floats. They hold few of a network's weights and are the most sensitive.
    /// Of networks with SiLUs so do second layers with fewer than 256 products behind each of their values, on large maps, where 8 bits gain no time.
    /// <value>The default is true.</value>
    /// </summary>
    public bool KeepFirstAndLast { get; init; } = true;

    /// <summary>
    /// Whether weights take 7 bits of the 8. Processors without 8-bit dot products (VNNI, which servers have had since 2019 and desktops since 2021) add pairs of products in 16 bits, which
    /// may overflow with 8 bits and can't with 7.
    /// <value>The default is false.</value>
    /// </summary>
    public bool ReduceRange { get; init; }

    internal int WeightLimit => ReduceRange ? 63 : 127;

    internal void Validate()
    {
        var faults = new Faults(nameof(Int8Options));
        Validate(faults);
        faults.ThrowIfAny("options");
    }

    internal void Validate(Faults faults)
    {
        faults.AddIf(!Enum.IsDefined(Calibration), $"{nameof(Calibration)} is {Calibration}; choose MinMax, Percentile or Entropy.");
        faults.AddIf(!(Percentile is > 50 and <= 100), FormattableString.Invariant($"{nameof(Percentile)} is {Percentile}; above 50 and at most 100 is needed."));
        faults.AddIf(CalibrationImages < 1, $"{nameof(CalibrationImages)} is {CalibrationImages}; at least 1 is needed.");
    }

    internal string Describe() => FormattableString.Invariant(
        $"{(Calibration == CalibrationMethod.Percentile ? FormattableString.Invariant($"percentile {Percentile}") : Calibration.ToString().ToLowerInvariant())}{(ReduceRange ? ", 7-bit weights" : "")}{(KeepFirstAndLast ? ", first and last layers in float32" : "")}");
}
