namespace Microsoft.ML.Distillation.Reports;

/// <summary>What the check-up has found, warnings first.</summary>
internal static class CheckupSection
{
    public static Html Write(TrainingReport report)
    {
        if (report.Checkup.Count == 0)
            return Html.None;
        var warnings = report.Checkup.Count(finding => finding.Severity == CheckupSeverity.Warning);
        var summary = warnings switch { 0 => "Nothing to worry about.", 1 => "1 warning.", _ => $"{warnings} warnings." };
        return ReportPage.Section("checkup", "Check-up", Html.Of($"""
            <p class="soft">{summary}</p><ul class="findings">{Html.Join(report.Checkup.OrderByDescending(finding => finding.Severity).Select(Item))}</ul>
            """));
    }

    private static Html Item(CheckupFinding finding) => Html.Of(
        $"""<li class="{Names.Of(finding.Severity)}"><strong>{finding.Code}</strong> {finding.Measured}{(finding.Remedy is null ? Html.None : Html.Of($" <em>{finding.Remedy}</em>"))}</li>""");
}
