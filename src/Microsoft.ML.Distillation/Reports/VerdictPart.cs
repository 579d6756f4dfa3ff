namespace Microsoft.ML.Distillation.Reports;

/// <summary><c>verdict</c> of <c>report.json</c>: shares, not points.</summary>
internal sealed record VerdictPart(string Kind, string Text, double Gain, IReadOnlyList<double>? Interval, int Images, double? Noise)
{
    public static VerdictPart? Of(BaselineComparison? comparison) => comparison is null
        ? null
        : new VerdictPart(
            comparison.Verdict switch
            {
                ComparisonVerdict.Helped => "helped",
                ComparisonVerdict.Hurt => "hurt",
                ComparisonVerdict.NoEvidence => "no evidence",
                _ => "too few seeds",
            },
            comparison.Text,
            comparison.MeanGain,
            comparison.Interval is { } interval ? [interval.Low, interval.High] : null,
            comparison.Images,
            comparison.NoiseBound);
}
