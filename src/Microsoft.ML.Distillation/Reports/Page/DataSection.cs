namespace Microsoft.ML.Distillation.Reports;

/// <summary>What was noticed about the images, and which rows were left out.</summary>
internal static class DataSection
{
    private const int MostRows = 50;

    public static Html Write(TrainingReport report) => report.DataFindings.Count + report.SkippedRows.Count == 0
        ? Html.None
        : ReportPage.Section("data", "Data", Html.Of($"""{Findings(report.DataFindings)}{Skipped(report.SkippedRows)}"""));

    private static Html Findings(IReadOnlyList<DataFinding> findings) => findings.Count == 0
        ? Html.None
        : Html.Of($"""<ul class="findings">{Html.Join(findings.Select(f => Html.Of($"""<li class="warning">{f.Text}</li>""")))}</ul>""");

    private static Html Skipped(IReadOnlyList<SkippedRow> rows)
    {
        if (rows.Count == 0)
            return Html.None;
        var shown = Html.Join(rows.Take(MostRows).Select(row => Html.Of($"<tr><td>{row.Data}</td><td>{Text.Count(row.Row)}</td><td>{row.Reason}</td><td>{row.Source}</td></tr>")));
        var title = Text.Count(rows.Count) + (rows.Count == 1 ? " row is left out." : " rows are left out.") + (rows.Count > MostRows ? $" The first {MostRows} of them:" : "");
        return Html.Of($"""
            <div class="wide"><table class="settings"><caption class="soft">{title}</caption><thead><tr><th>Data</th><th>Row</th><th>Reason</th><th>Source</th></tr></thead><tbody>{shown}</tbody></table></div>
            """);
    }
}
