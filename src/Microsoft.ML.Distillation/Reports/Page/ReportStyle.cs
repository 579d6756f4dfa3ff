namespace Microsoft.ML.Distillation.Reports;

/// <summary>The page's look, by day and by night.</summary>
internal static class ReportStyle
{
    /// <summary>Colours of series by day, in the order charts take them.</summary>
    public static IReadOnlyList<string> Colours { get; } = ["#2563eb", "#ea580c", "#0d9488", "#9333ea", "#db2777", "#65a30d"];

    /// <summary>Places of the models' colours.</summary>
    public const int Student = 0, Baseline = 1, Teacher = 2;

    public static Html Sheet { get; } = new(
        ":root{color-scheme:light dark;--page:#f8fafc;--card:#ffffff;--text:#0f172a;--soft:#475569;--line:#cbd5e1;--good:#15803d;--bad:#b91c1c;--open:#a16207;"
        + string.Concat(Colours.Select((colour, i) => $"--c{i}:{colour};")) + "}\n" + Rules);

    private const string Rules = """
        @media (prefers-color-scheme:dark){:root{--page:#0b1120;--card:#111a2e;--text:#e2e8f0;--soft:#94a3b8;--line:#334155;--good:#4ade80;--bad:#f87171;--open:#facc15;
        --c0:#60a5fa;--c1:#fb923c;--c2:#2dd4bf;--c3:#c084fc;--c4:#f472b6;--c5:#a3e635}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
        main{max-width:1080px;margin:0 auto;padding:24px 16px 64px}
        h1{font-size:26px;line-height:1.2;margin:0 0 4px}h2{font-size:18px;margin:0 0 12px}h3{font-size:15px;margin:16px 0 8px}
        p{margin:0 0 8px}.soft,figcaption,.legend{color:var(--soft)}
        section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px;margin-top:16px}
        .verdict{border-left:6px solid var(--open)}.verdict.helped{border-left-color:var(--good)}.verdict.hurt{border-left-color:var(--bad)}
        .verdict strong{font-size:17px}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(320px,1fr));gap:20px}
        figure{margin:0}figcaption{font-weight:600;font-size:14px;margin-bottom:4px}
        svg{display:block;width:100%;height:auto}svg text{fill:var(--soft);font-size:11px}
        .axis{stroke:var(--line);stroke-width:1}.guide{stroke:var(--soft);stroke-width:1;stroke-dasharray:4 3}.curve{fill:none;stroke-width:2}.band{fill:var(--line);opacity:.45}
        .legend{display:flex;flex-wrap:wrap;gap:2px 14px;font-size:13px;padding:0;margin:4px 0 0;list-style:none}
        .legend i{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:5px}
        .wide{overflow-x:auto;margin-bottom:10px}caption{text-align:left;padding-bottom:4px}figure p{font-size:13px;margin-top:4px}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:14px}
        th,td{padding:5px 10px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
        th:first-child,td:first-child{text-align:left}thead th{color:var(--soft);font-weight:600}
        .heat td,.heat th{padding:4px 6px;font-size:12px;text-align:center}.heat th:first-child{text-align:right}.heat .strong{color:#ffffff}
        .settings td{text-align:left;white-space:normal;overflow-wrap:anywhere}
        .findings,.notes{padding:0 0 0 18px;margin:0 0 8px;overflow-wrap:anywhere}.findings li{margin-bottom:6px}.findings .warning::marker{color:var(--bad)}.findings .warning strong{color:var(--bad)}
        .mistakes{display:grid;grid-template-columns:repeat(auto-fill,minmax(230px,1fr));gap:16px;padding:0;margin:0;list-style:none}
        .mistakes div{display:flex;gap:6px}.mistakes img{width:72px;height:72px;object-fit:contain;image-rendering:pixelated;background:var(--line);border-radius:6px}
        .mistakes p{font-size:13px;margin:4px 0 0;overflow-wrap:anywhere}
        """;

    /// <summary>The colour of a series, as a style.</summary>
    public static string Stroke(int place) => $"stroke:var(--c{place % Colours.Count})";

    /// <inheritdoc cref="Stroke"/>
    public static string Fill(int place) => $"fill:var(--c{place % Colours.Count})";

    /// <inheritdoc cref="Stroke"/>
    public static string Background(int place) => $"background:var(--c{place % Colours.Count})";
}
