namespace Microsoft.ML.Distillation.Reports;

/// <summary>What the run was made with.</summary>
internal static class SettingSection
{
    public static Html Write(TrainingReport report) => ReportPage.Section("settings", "Settings", Html.Of($"""
        <div class="wide"><table class="settings"><caption class="soft">Options</caption><tbody>{Rows(report.Options)}</tbody></table></div>
        <div class="wide"><table class="settings"><caption class="soft">Versions</caption><tbody>{Rows(report.Versions)}</tbody></table></div>
        """));

    private static Html Rows(IReadOnlyDictionary<string, string> entries) => Html.Join(entries.Select(entry => Html.Of($"""<tr><th scope="row">{entry.Key}</th><td>{entry.Value}</td></tr>""")));
}
