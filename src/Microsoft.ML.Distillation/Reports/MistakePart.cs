namespace Microsoft.ML.Distillation.Reports;

/// <summary>One of <c>mistakes</c> in <c>report.json</c>: without its pictures, which the page has.</summary>
internal sealed record MistakePart(int Row, string Label, string Predicted, double Confidence, string? Teacher)
{
    public static MistakePart Of(Mistake mistake) => new(mistake.Row, mistake.Label, mistake.Predicted, mistake.Confidence, mistake.Teacher);
}
