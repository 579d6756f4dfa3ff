namespace Microsoft.ML.Distillation;

/// <summary>How the vectors before the classifier lie, on held-out images (2,000 of them, evenly spaced, where there are more).</summary>
/// <remarks>
/// Chen et al.: "Improved feature distillation via projector ensemble", 2022, section 3, https://arxiv.org/abs/2210.15274. Departure from the paper: the student's vectors are
/// taken as they are, not as projected, since projectors end with the training.
/// </remarks>
public sealed record FeatureFigures
{
    /// <summary>
    /// MDA: the mean over images of the cosine of the student's vector and the teacher's, −1…1. Higher means closer to the teacher. Null where the teacher gives no such vector,
    /// or one of another length.
    /// </summary>
    public double? DirectionAlignment { get; init; }

    /// <summary>The mean over pairs of classes of the cosine of the classes' mean student vectors, −1…1. Lower means that classes are easier to tell apart.</summary>
    public required double BetweenClassCosine { get; init; }

    /// <summary>The same of the teacher's vectors; null where it gives none.</summary>
    public double? TeacherBetweenClassCosine { get; init; }
}
