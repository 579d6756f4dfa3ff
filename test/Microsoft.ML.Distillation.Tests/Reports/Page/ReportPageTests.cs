using System.Text.RegularExpressions;
using Microsoft.ML.Distillation.Reports;

namespace Microsoft.ML.Distillation.Tests.Reports.Page;

public class ReportPageTests
{
    [Fact]
    public void NamesAreTextWhereverTheyStand()
    {
        var page = ReportPage.Write(Examples.Full).Markup;

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.True(Regex.Count(page, Regex.Escape("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;two&quot;")) > 8, "The class name is not where it should be.");
    }

    [Fact]
    public void NothingIsFetched()
    {
        var page = ReportPage.Write(Examples.Full).Markup;

        Assert.DoesNotContain("http:", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ", page, StringComparison.Ordinal);
        Assert.All(Regex.Matches(page, "src=\"([^\"]*)\""), source => Assert.StartsWith("data:image/png;base64,", source.Groups[1].Value, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryPartHasItsSection() =>
        Assert.Equal(["verdict", "checkup", "data", "models", "training", "quantised", "evidence", "classes", "mistakes", "exits", "settings"], Sections(Examples.Full));

    [Fact]
    public void SmallerNumbersStandBesideThoseBefore()
    {
        var page = ReportPage.Write(Examples.Full).Markup;

        Assert.Contains("<tr><td>Distilled, float32</td><td>86.00 %</td><td>293.0 KiB</td><td>0.50 ms</td></tr>", page, StringComparison.Ordinal);
        Assert.Contains("<tr><td>int8 trained</td><td>85.50 %</td><td>87.9 KiB</td><td>0.25 ms</td></tr>", page, StringComparison.Ordinal);
        Assert.Contains("18 of 20 layers with weights are in smaller numbers (int8: &lt;script&gt;", page, StringComparison.Ordinal);
        Assert.Contains("Measured on 100 images. Both agree on 98.00 % of the images.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void OfADetectorPrecisionsAreCompared()
    {
        var small = Examples.Full.Quantization! with { Accuracy = null, FloatAccuracy = null, Agreement = null, MeanAveragePrecision = .4, FloatMeanAveragePrecision = .41, MeanAveragePrecision50 = .7, FloatMeanAveragePrecision50 = .72 };

        var page = ReportPage.Write(Examples.Least with { Quantization = small }).Markup;

        Assert.Contains("<th>mAP 50</th><th>mAP 50:95</th><th>File</th>", page, StringComparison.Ordinal);
        Assert.Contains("<td>72.00 %</td><td>41.00 %</td>", page, StringComparison.Ordinal);
        Assert.Contains("<td>70.00 %</td><td>40.00 %</td>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Both agree", page, StringComparison.Ordinal);
    }

    [Fact]
    public void AnchorsAreToldByTheirRecall() => Assert.Contains(
        "<li>Anchors can answer for 98.00 % of the training boxes (best possible recall); the student&#39;s own, for 75.00 %.</li>", ReportPage.Write(Examples.Full).Markup, StringComparison.Ordinal);

    [Fact]
    public void WhatWasNotRunHasNone() => Assert.Equal(["training", "settings"], Sections(Examples.Least));

    [Fact]
    public void EveryChartHasATitle()
    {
        var charts = Regex.Matches(ReportPage.Write(Examples.Full).Markup, "<svg [^>]*role=\"img\" aria-label=\"[^\"]+\"><title>[^<]+</title>");

        Assert.Equal(Regex.Count(ReportPage.Write(Examples.Full).Markup, "<svg"), charts.Count);
        Assert.Equal(10, charts.Count);
    }

    [Fact]
    public void WarningsComeFirst()
    {
        var page = ReportPage.Write(Examples.Full).Markup;

        Assert.Contains("<p class=\"soft\">1 warning.</p><ul class=\"findings\"><li class=\"warning\"><strong>normalization</strong> wrong <em>remedy &lt;script&gt;", page, StringComparison.Ordinal);
        Assert.True(page.IndexOf("<strong>normalization", StringComparison.Ordinal) < page.IndexOf("<strong>outputs", StringComparison.Ordinal));
    }

    [Fact]
    public void TheCourseIsTold()
    {
        var page = ReportPage.Write(Examples.Full).Markup;

        foreach (var note in (string[])
            ["It went on from step 1,234 of a checkpoint.", "Went wrong &lt;script&gt;", "It was stopped early, after 3 epochs.", "It was cancelled after 3 whole epochs;", "The best epoch on the validation images is 3.", "two&quot; 0.5."])
            Assert.Contains(note, page, StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"notes\"", ReportPage.Write(Examples.Least).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void OfManySkippedRowsTheFirstAreShown()
    {
        var page = ReportPage.Write(Examples.Least with { SkippedRows = [.. Enumerable.Range(0, 60).Select(row => new SkippedRow("training", row, $"reason {row}", null))] }).Markup;

        Assert.Contains("60 rows are left out. The first 50 of them:", page, StringComparison.Ordinal);
        Assert.Contains("<td>reason 49</td>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("reason 50", page, StringComparison.Ordinal);
    }

    [Fact]
    public void EvidenceIsChartedAgainstTheBaseline()
    {
        var page = ReportPage.Write(Examples.Full).Markup;

        Assert.Contains("Accuracy under weight noise: baseline from 86 % to 63 %; distilled from 86 % to 73 %, over 2 strengths", page, StringComparison.Ordinal);
        Assert.Contains("Gradient norm by depth: baseline from 0.25 to 1; distilled from 0.25 to 1, over 3 stages", page, StringComparison.Ordinal);
        Assert.Contains("<tr><td>distilled</td><td>86.00 % &#177; 0.00</td><td>73.00 % &#177; 4.24</td></tr>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void FiguresOfATestSetSaySo()
    {
        Assert.Contains("On 100 validation images.", ReportPage.Write(Examples.Full).Markup, StringComparison.Ordinal);
        Assert.Contains("On 2,000 test images.", ReportPage.Write(Examples.Full with { ValidationRows = 0, TestRows = 2000 }).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void OneEpochIsAChartToo()
    {
        var page = ReportPage.Write(Examples.Least with { LearningRate = [.1], Terms = new Dictionary<string, IReadOnlyList<double>> { ["task"] = [0] } }).Markup;

        Assert.Equal(2, Regex.Count(page, "<polyline"));
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", page, StringComparison.Ordinal);
    }

    [Fact]
    public void OfManyClassesOnlyTheMostFrequentConfusionsAreShown()
    {
        string[] classes = [.. Enumerable.Range(0, 60).Select(i => $"class {i}")];
        var confusion = classes.Select((_, row) => classes.Select((_, column) => row == column ? 9 : column == 0 ? row : 0).ToArray()).ToArray();
        var page = ReportPage.Write(Examples.Full with
        {
            Classes = classes,
            BaselineFigures = null,
            StudentFigures = new ModelFigures { Accuracy = .5, Confusion = confusion, PerClass = ClassFigures.Of(confusion, classes) },
        }).Markup;

        Assert.Contains("<tr><td>class 59</td><td>class 0</td><td>59</td></tr>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<tr><td>class 39</td><td>class 0</td>", page, StringComparison.Ordinal);
        Assert.Contains("The 50 of 60 classes with the lowest F1.", page, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Sections(TrainingReport report) =>
        Regex.Matches(ReportPage.Write(report).Markup, "<section id=\"([a-z]+)\"").Select(section => section.Groups[1].Value);
}
