namespace Microsoft.ML.Distillation.Reports;

/// <summary>Whether distillation helped.</summary>
internal static class ComparisonSection
{
    public static Html Write(TrainingReport report)
    {
        if (report.Comparison is not { } comparison)
            return Html.None;
        var kind = comparison.Verdict switch { ComparisonVerdict.Helped => "helped", ComparisonVerdict.Hurt => "hurt", _ => "open" };
        var rows = Html.Join(comparison.Seeds.Select(seed => Html.Of(
            $"<tr><td>{seed.Seed}</td><td>{Text.Percent(seed.Baseline)}</td><td>{Text.Percent(seed.Distilled)}</td><td>{Text.Points(seed.Gain)}</td></tr>")));
        return Html.Of($"""
            <section id="verdict" class="verdict {kind}"><h2>Did distillation help?</h2>
            <p><strong>{comparison.Text}</strong></p><p class="soft">{comparison.NoiseText} The model returned is the first seed's, whatever its result.</p>
            <div class="charts">{GainChart.Draw(comparison)}<div class="wide"><table><thead><tr><th>Seed</th><th>Baseline</th><th>Distilled</th><th>Gain, points</th></tr></thead><tbody>{rows}</tbody></table></div></div></section>
            """);
    }
}
