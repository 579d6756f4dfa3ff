using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Reports;

namespace Microsoft.ML.Distillation.Tests.Reports.Page;

/// <summary>The page as a browser shows it.</summary>
public class ReportPageBrowserTests
{
    private const int Width = 1100, Height = 5000;

    // A pixel or so of text in a colour is no chart.
    private const int Plenty = 150;

    [Fact]
    public void TheBrowserFindsAllChartsAndRunsNothing()
    {
        using var folder = new TemporaryFolder();
        Examples.Full.SaveAsHtml(folder["report.html"]);

        var dom = Browser.Dom(folder["report.html"]);

        Assert.Equal(
            ["accuracy", "confusion", "gains", "gradients", "noise", "phases", "rate", "reliability", "reliability", "reliability", "terms"],
            Regex.Matches(dom, "data-chart=\"([a-z]+)\"").Select(chart => chart.Groups[1].Value).Order());
        Assert.Equal(10, Regex.Count(dom, "<polyline class=\"curve\""));
        // Had a name become an element, the browser would have written it as one.
        Assert.DoesNotContain("<script", dom, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<th scope=\"col\">&lt;script&gt;alert('1')&lt;/script&gt; &amp; \"two\"</th>", dom, StringComparison.Ordinal);
    }

    [Fact]
    public void ChartsAreDrawnInTheirColours()
    {
        using var folder = new TemporaryFolder();
        Examples.Full.SaveAsHtml(folder["full.html"]);
        Examples.Least.SaveAsHtml(folder["least.html"]);

        var (full, least) = (Pixels(folder["full.html"], folder["full.png"]), Pixels(folder["least.html"], folder["least.png"]));

        Assert.All(ReportStyle.Colours.Take(4), colour => Assert.True(full.GetValueOrDefault(colour) > Plenty, $"{colour} covers {full.GetValueOrDefault(colour)} pixels."));
        // A page without charts has none of it: the count is of charts.
        Assert.All(ReportStyle.Colours, colour => Assert.Equal(0, least.GetValueOrDefault(colour)));
        Assert.True(least["#ffffff"] > Plenty && least["#f8fafc"] > Plenty, "The page itself is not there.");
    }

    private static Dictionary<string, int> Pixels(string page, string png)
    {
        Browser.Draw(page, png, Width, Height);
        using var image = MLImage.CreateFromFile(png);
        Assert.Equal(Width, image.Width);
        return image.GetBGRPixels.Chunk(3).GroupBy(pixel => (pixel[0], pixel[1], pixel[2]))
            .ToDictionary(same => string.Create(CultureInfo.InvariantCulture, $"#{same.Key.Item3:x2}{same.Key.Item2:x2}{same.Key.Item1:x2}"), same => same.Count());
    }
}
