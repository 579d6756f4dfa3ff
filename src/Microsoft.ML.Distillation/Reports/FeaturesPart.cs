namespace Microsoft.ML.Distillation.Reports;

/// <summary><c>features</c> of <c>report.json</c>.</summary>
internal sealed record FeaturesPart(double? DirectionAlignment, double BetweenClassCosine, double? TeacherBetweenClassCosine)
{
    public static FeaturesPart? Of(FeatureFigures? features) => features is null
        ? null
        : new FeaturesPart(features.DirectionAlignment, features.BetweenClassCosine, features.TeacherBetweenClassCosine);
}
