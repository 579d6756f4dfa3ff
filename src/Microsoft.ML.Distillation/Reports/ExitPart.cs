namespace Microsoft.ML.Distillation.Reports;

/// <summary>One of <c>exits</c> in <c>report.json</c>.</summary>
internal sealed record ExitPart(string Name, string Stage, int Depth, double? Accuracy, long Parameters, long ModelBytes, double? LatencyMs)
{
    public static ExitPart Of(ExitFigures exit) =>
        new(exit.Name, exit.Stage, exit.Depth, Json.Finite(exit.Accuracy), exit.Parameters, exit.ModelBytes, Json.Finite(exit.LatencyMs));
}
