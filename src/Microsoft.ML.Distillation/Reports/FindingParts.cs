using System.Text.Json;

namespace Microsoft.ML.Distillation.Reports;

/// <summary>One of <c>checkup</c> in <c>report.json</c>.</summary>
internal sealed record CheckupPart(string Code, string Severity, string Measured, string? Remedy)
{
    public static CheckupPart Of(CheckupFinding finding) => new(finding.Code, Names.Of(finding.Severity), finding.Measured, finding.Remedy);
}

/// <summary>One of <c>skippedRows</c> in <c>report.json</c>.</summary>
internal sealed record SkippedRowPart(string Data, long Row, string Reason, string? Source)
{
    public static SkippedRowPart Of(SkippedRow row) => new(row.Data, row.Row, row.Reason, row.Source);
}

/// <summary>One of <c>dataFindings</c> in <c>report.json</c>.</summary>
internal sealed record DataFindingPart(string Kind, string Data, int Count, string Text)
{
    public static DataFindingPart Of(DataFinding finding) => new(Names.Of(finding.Kind), finding.Data, finding.Count, finding.Text);
}

/// <summary>Values of enumerations as <c>report.json</c> writes them.</summary>
internal static class Names
{
    public static string Of<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
