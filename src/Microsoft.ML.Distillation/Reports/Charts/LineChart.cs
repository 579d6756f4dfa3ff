namespace Microsoft.ML.Distillation.Reports;

/// <summary>Values that go with epochs, or with other places on an axis.</summary>
internal sealed record Series(string Name, IReadOnlyList<double> Values, int Colour);

/// <summary>What the places on an axis are, evenly spaced.</summary>
/// <param name="Title">One of them, as a word.</param>
/// <param name="Labels">Their names.</param>
internal sealed record Places(string Title, IReadOnlyList<string> Labels)
{
    public static Places Epochs(int count) => new("epoch", [.. Enumerable.Range(1, count).Select(epoch => FormattableString.Invariant($"{epoch}"))]);
}

/// <summary>Curves over the epochs of a run, or over other places.</summary>
internal static class LineChart
{
    private const int Width = 380, Height = 220, Left = 48, Right = 14, Top = 10, Bottom = 30;

    /// <param name="series">At least one, each with a value a place.</param>
    /// <param name="label">From a value to the axis' text.</param>
    /// <param name="places">Null for epochs.</param>
    public static Html Draw(string kind, string title, IReadOnlyList<Series> series, Func<double, string> label, Places? places = null)
    {
        places ??= Places.Epochs(series.Max(s => s.Values.Count));
        var count = places.Labels.Count;
        var ticks = Ticks.Around(series.Min(s => s.Values.Min()), series.Max(s => s.Values.Max()));
        var drawing = Html.Of($"{Html.Join(ticks.Select(tick => YTick(tick, ticks, label)))}{Html.Join(PlaceTicks(places))}{Html.Join(series.Select(s => Curve(s, count, ticks)))}");
        var description = string.Join("; ", series.Select(s => $"{s.Name} from {label(s.Values[0])} to {label(s.Values[^1])}"));
        return Chart.Figure(kind, title, $"{description}, over {count} {places.Title}s", Width, Height, drawing, series.Count == 1 ? Html.None : Chart.Legend(series.Select(s => (s.Name, s.Colour))));
    }

    private static Html YTick(double tick, IReadOnlyList<double> ticks, Func<double, string> label)
    {
        var y = Y(tick, ticks);
        return Html.Of($"""<line class="axis" x1="{Left}" x2="{Width - Right}" y1="{y}" y2="{y}"/><text x="{Left - 6}" y="{y + 4}" text-anchor="end">{label(tick)}</text>""");
    }

    private static IEnumerable<Html> PlaceTicks(Places places)
    {
        const int most = 10;
        var count = places.Labels.Count;
        var step = (count + most - 1) / most;
        for (var place = 0; place < count; place += step)
            yield return Html.Of($"""<text x="{X(place, count)}" y="{Height - Bottom + 16}" text-anchor="middle">{places.Labels[place]}</text>""");
        yield return Html.Of($"""<text x="{(Left + Width - Right) / 2}" y="{Height - 4}" text-anchor="middle">{places.Title}</text>""");
    }

    private static Html Curve(Series series, int count, IReadOnlyList<double> ticks)
    {
        var points = Html.Join(series.Values.Select((value, i) => Html.Of($"{X(i, count)},{Y(value, ticks)} ")));
        var last = series.Values.Count - 1;
        return Html.Of($"""<polyline class="curve" style="{ReportStyle.Stroke(series.Colour)}" points="{points}"/><circle r="3" style="{ReportStyle.Fill(series.Colour)}" cx="{X(last, count)}" cy="{Y(series.Values[last], ticks)}"/>""");
    }

    private static double X(int place, int count) => count == 1 ? (Left + Width - Right) / 2.0 : Left + place * (double)(Width - Left - Right) / (count - 1);

    private static double Y(double value, IReadOnlyList<double> ticks) => Top + (ticks[^1] - value) / (ticks[^1] - ticks[0]) * (Height - Top - Bottom);
}
