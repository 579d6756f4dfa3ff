namespace Microsoft.ML.Distillation.Reports;

/// <summary>Of the images that a model is so sure of, the share it is right on: on the diagonal where the model knows how sure to be.</summary>
internal static class ReliabilityDiagram
{
    private const int Side = 260, Left = 40, Bottom = 36, Top = 8, Right = 12;
    private const int Width = Left + Side + Right, Height = Top + Side + Bottom;

    /// <param name="model">What to call the model.</param>
    public static Html Draw(string model, IReadOnlyList<CalibrationBin> bins, double? error, int colour)
    {
        var images = bins.Sum(bin => bin.Images);
        var bars = Html.Join(bins.Select(bin => Html.Of(
            $"""<rect x="{X(bin.From) + 1}" y="{Y(bin.Accuracy)}" width="{X(bin.To) - X(bin.From) - 2}" height="{Side * bin.Accuracy}" style="{ReportStyle.Fill(colour)};opacity:{.35 + .65 * Math.Sqrt(bin.Images / (double)images)}"><title>{bin.Images} images, {Text.Percent(bin.Confidence)} sure, {Text.Percent(bin.Accuracy)} right</title></rect>""")));
        double[] ticks = [0, .25, .5, .75, 1];
        var axes = Html.Join(ticks.Select(tick => Html.Of(
            $"""<line class="axis" x1="{Left}" x2="{Left + Side}" y1="{Y(tick)}" y2="{Y(tick)}"/><text x="{Left - 5}" y="{Y(tick) + 4}" text-anchor="end">{tick}</text><text x="{X(tick)}" y="{Top + Side + 15}" text-anchor="middle">{tick}</text>""")));
        var drawing = Html.Of($"""{axes}{bars}<line class="guide" x1="{X(0)}" y1="{Y(0)}" x2="{X(1)}" y2="{Y(1)}"/><text x="{Left + Side / 2}" y="{Height - 4}" text-anchor="middle">probability of the most likely class</text>""");
        return Chart.Figure(
            "reliability", $"Reliability, {model}", $"share of images classified right by how sure the model is; expected calibration error {Text.Percent(error)}", Width, Height, drawing,
            Html.Of($"""<p class="soft">Expected calibration error {Text.Percent(error)}</p>"""));
    }

    private static double X(double share) => Left + Side * share;

    private static double Y(double share) => Top + Side * (1 - share);
}
