namespace Microsoft.ML.Distillation.Reports;

/// <summary>The models that early exits are.</summary>
internal static class ExitSection
{
    public static Html Write(TrainingReport report) => report.Exits.Count == 0
        ? Html.None
        : ReportPage.Section("exits", "Early exits", Html.Of($"""
            <div class="wide"><table><thead><tr><th>Exit</th><th>After stage</th><th>Accuracy</th><th>Parameters</th><th>File</th><th>One image</th></tr></thead><tbody>{Html.Join(report.Exits.Select(Row))}</tbody></table></div>
            """));

    private static Html Row(ExitFigures exit) => Html.Of(
        $"<tr><td>{exit.Name}</td><td>{exit.Stage}</td><td>{Text.Percent(exit.Accuracy)}</td><td>{Text.Count(exit.Parameters)}</td><td>{Text.Bytes(exit.ModelBytes)}</td><td>{Text.Milliseconds(exit.LatencyMs)}</td></tr>");
}
