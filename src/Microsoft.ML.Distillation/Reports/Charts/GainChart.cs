namespace Microsoft.ML.Distillation.Reports;

/// <summary>What distillation brought with each seed, and the mean with its interval, against what the choice of images alone makes.</summary>
internal static class GainChart
{
    private const int Width = 480, Left = 110, Right = 16, Top = 8, Row = 26, Bottom = 32;

    public static Html Draw(BaselineComparison comparison)
    {
        var ticks = Ticks.Around(Ends(comparison).Min(), Ends(comparison).Max());
        var height = Top + Row * (comparison.Seeds.Count + 1) + Bottom;
        var drawing = Html.Of($"{Noise(comparison, ticks, height)}{Axis(ticks, height)}{Html.Join(comparison.Seeds.Select((seed, place) => Seed(seed, place, ticks)))}{Mean(comparison, ticks)}");
        var description = $"mean {Text.Points(comparison.MeanGain)}" + (comparison.Interval is { } i ? $", 95 % interval {Text.Points(i.Low)} to {Text.Points(i.High)}" : "");
        return Chart.Figure("gains", $"Gain in {comparison.Metric}, in points", description, Width, height, drawing, Html.Of(
            $"""<p class="soft">Dots: seeds. Bar: the mean's 95 % interval.{(comparison.NoiseBound is null ? "" : $" Grey: what the choice of {comparison.Images} images alone makes.")}</p>"""));
    }

    private static IEnumerable<double> Ends(BaselineComparison comparison) =>
        [0, comparison.NoiseBound ?? 0, -(comparison.NoiseBound ?? 0), .. comparison.Seeds.Select(seed => seed.Gain), .. comparison.Interval is { } interval ? [interval.Low, interval.High] : Array.Empty<double>()];

    private static Html Noise(BaselineComparison comparison, IReadOnlyList<double> ticks, int height)
    {
        if (comparison.NoiseBound is not { } noise)
            return Html.None;
        var (from, to) = (X(-noise, ticks), X(noise, ticks));
        return Html.Of($"""<rect class="band" x="{from}" y="{Top}" width="{to - from}" height="{height - Top - Bottom}"/>""");
    }

    private static Html Axis(IReadOnlyList<double> ticks, int height) => Html.Of($"""
        {Html.Join(ticks.Select(tick => Html.Of($"""<line class="axis" x1="{X(tick, ticks)}" x2="{X(tick, ticks)}" y1="{Top}" y2="{height - Bottom}"/><text x="{X(tick, ticks)}" y="{height - Bottom + 16}" text-anchor="middle">{Text.Short(100 * tick)}</text>""")))}<line class="guide" x1="{X(0, ticks)}" x2="{X(0, ticks)}" y1="{Top}" y2="{height - Bottom}"/>
        """);

    private static Html Seed(SeedGain seed, int place, IReadOnlyList<double> ticks) => Html.Of(
        $"""<text x="{Left - 10}" y="{Y(place) + 4}" text-anchor="end">seed {seed.Seed}</text><circle r="5" style="{ReportStyle.Fill(ReportStyle.Student)}" cx="{X(seed.Gain, ticks)}" cy="{Y(place)}"><title>{Text.Points(seed.Gain)}</title></circle>""");

    private static Html Mean(BaselineComparison comparison, IReadOnlyList<double> ticks)
    {
        var y = Y(comparison.Seeds.Count);
        var interval = comparison.Interval is { } i
            ? Html.Of($"""<rect x="{X(i.Low, ticks)}" y="{y - 4}" width="{Math.Max(1, X(i.High, ticks) - X(i.Low, ticks))}" height="8" rx="4" style="{ReportStyle.Fill(ReportStyle.Baseline)}"/>""")
            : Html.None;
        var mean = X(comparison.MeanGain, ticks);
        return Html.Of($"""<text x="{Left - 10}" y="{y + 4}" text-anchor="end">mean</text>{interval}<path d="M{mean} {y - 7}l7 7-7 7-7-7z" style="{ReportStyle.Fill(ReportStyle.Teacher)}"/>""");
    }

    private static double X(double gain, IReadOnlyList<double> ticks) => Left + (gain - ticks[0]) / (ticks[^1] - ticks[0]) * (Width - Left - Right);

    private static double Y(int place) => Top + Row * (place + .5);
}
