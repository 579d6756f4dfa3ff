namespace Microsoft.ML.Distillation.Reports;

/// <summary>What all charts share: a caption, a name for those who can't see them, a legend.</summary>
internal static class Chart
{
    /// <param name="kind">Tells charts apart in the page: <c>data-chart</c>.</param>
    /// <param name="description">What a reader should see in it, in a sentence.</param>
    public static Html Figure(string kind, string title, string description, int width, int height, Html drawing, Html legend) => Html.Of($"""
        <figure data-chart="{kind}"><figcaption>{title}</figcaption><svg viewBox="0 0 {width} {height}" role="img" aria-label="{title}: {description}"><title>{title}: {description}</title>{drawing}</svg>{legend}</figure>
        """);

    public static Html Legend(IEnumerable<(string Name, int Colour)> entries) =>
        Html.Of($"""<ul class="legend">{Html.Join(entries.Select(e => Html.Of($"""<li><i style="{ReportStyle.Background(e.Colour)}"></i>{e.Name}</li>""")))}</ul>""");
}
