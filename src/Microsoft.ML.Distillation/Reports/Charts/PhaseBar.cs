namespace Microsoft.ML.Distillation.Reports;

/// <summary>Where time went, as one bar.</summary>
internal static class PhaseBar
{
    private const int Width = 380, Height = 40, Thickness = 26, Top = 8;

    /// <param name="phases">Seconds by phase, not all zero.</param>
    public static Html Draw(IReadOnlyDictionary<string, double> phases)
    {
        var total = phases.Values.Sum();
        var (parts, x) = (new List<Html>(), 0.0);
        foreach (var ((name, seconds), place) in phases.Select((phase, place) => (phase, place)))
        {
            var width = Width * seconds / total;
            parts.Add(Html.Of($"""<rect x="{x}" y="{Top}" width="{width}" height="{Thickness}" style="{ReportStyle.Fill(place)}"><title>{name}: {Text.Seconds(seconds)}</title></rect>"""));
            x += width;
        }
        var entries = phases.Select((phase, place) => ($"{phase.Key}: {Text.Seconds(phase.Value)}, {Text.Percent(phase.Value / total)}", place)).ToList();
        return Chart.Figure("phases", "Where training time went", string.Join("; ", entries.Select(e => e.Item1)), Width, Height, Html.Join(parts), Chart.Legend(entries));
    }
}
