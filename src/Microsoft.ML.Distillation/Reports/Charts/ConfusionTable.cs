namespace Microsoft.ML.Distillation.Reports;

/// <summary>What images of each class were taken for: as a heat table, or, of many classes, the most frequent confusions.</summary>
internal static class ConfusionTable
{
    private const int MostClasses = 20, MostPairs = 20;
    private const double Strong = .55;

    /// <param name="confusion">Images by label (rows) and most likely class (columns).</param>
    public static Html Draw(IReadOnlyList<IReadOnlyList<int>> confusion, IReadOnlyList<string> classes) => classes.Count <= MostClasses ? Heat(confusion, classes) : Pairs(confusion, classes);

    private static Html Heat(IReadOnlyList<IReadOnlyList<int>> confusion, IReadOnlyList<string> classes)
    {
        var header = Html.Join(classes.Select(name => Html.Of($"""<th scope="col">{name}</th>""")));
        var rows = Html.Join(classes.Select((name, place) => Html.Of($"""<tr><th scope="row">{name}</th>{Html.Join(Cells(confusion[place], name, classes))}</tr>""")));
        return Html.Of($"""
            <div class="wide"><table class="heat" data-chart="confusion"><caption class="soft">Rows: what images show. Columns: what the student takes them for. The deeper, the larger the share of the row.</caption><thead><tr><td></td>{header}</tr></thead><tbody>{rows}</tbody></table></div>
            """);
    }

    private static IEnumerable<Html> Cells(IReadOnlyList<int> row, string name, IReadOnlyList<string> classes)
    {
        var images = Math.Max(1, row.Sum());
        return row.Select((count, place) =>
        {
            var share = count / (double)images;
            return Html.Of($"""<td class="{(share > Strong ? "strong" : "")}" style="background:rgba(37,99,235,{share})" title="{count} of {images} images of {name} taken for {classes[place]}">{count}</td>""");
        });
    }

    private static Html Pairs(IReadOnlyList<IReadOnlyList<int>> confusion, IReadOnlyList<string> classes)
    {
        var pairs = confusion.SelectMany((row, label) => row.Select((count, predicted) => (label, predicted, count))).Where(pair => pair.label != pair.predicted && pair.count > 0)
            .OrderByDescending(pair => pair.count).Take(MostPairs);
        var rows = Html.Join(pairs.Select(pair => Html.Of($"<tr><td>{classes[pair.label]}</td><td>{classes[pair.predicted]}</td><td>{pair.count}</td></tr>")));
        return Html.Of($"""
            <div class="wide"><table data-chart="confusion"><caption class="soft">The most frequent confusions.</caption><thead><tr><th>Shows</th><th>Taken for</th><th>Images</th></tr></thead><tbody>{rows}</tbody></table></div>
            """);
    }
}
