namespace Microsoft.ML.Distillation.Checkup;

/// <summary>One way to look at a teacher: what it is taken to expect of pixels, and to mean by its outputs.</summary>
/// <param name="Normalization">What is done to pixels; null for what the teacher itself says.</param>
/// <param name="Swapped">Whether red and blue are swapped.</param>
/// <param name="Order">For each class the output that stands for it; null for the order the labels have.</param>
internal sealed record Expectation(ImageNormalization? Normalization = null, bool Swapped = false, int[]? Order = null);

/// <summary>A change of expectation under which a teacher is right on clearly more images.</summary>
/// <param name="Code">The finding's code.</param>
/// <param name="Before">Share of images it was right on, 0…1.</param>
/// <param name="After">Share it is right on with the change.</param>
/// <param name="Changed">The expectation with the change.</param>
/// <param name="Rival">Code of another change that would explain the same, as far as these images tell; null for none.</param>
internal sealed record BetterExpectation(string Code, double Before, double After, Expectation Changed, string? Rival)
{
    /// <summary>Whether it takes another change beside this one.</summary>
    public bool Together { get; init; }
}
