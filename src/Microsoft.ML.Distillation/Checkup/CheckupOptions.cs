using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>The check-up of a teacher before training: is it right on these images, and is there something to learn from what it gives?</summary>
public sealed class CheckupOptions
{
    /// <summary>
    /// How many images are looked at, chosen at random by the seed and not augmented. Each is scored once; half of them, 256 at least where there are so many, again with each other
    /// normalisation and with red and blue swapped, unless the teacher is right on nearly all anyway.
    /// </summary>
    /// <value>At least 2; default 512. Fewer where there are fewer.</value>
    public int SampleRows { get; init; } = 512;

    internal void Validate(Faults faults) => faults.AddIf(SampleRows < 2, $"Checkup.SampleRows is {SampleRows}; it must be at least 2, or Checkup null for no check-up.");

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{SampleRows} images");
}
