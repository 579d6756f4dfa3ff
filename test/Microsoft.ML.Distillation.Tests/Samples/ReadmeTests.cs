using System.Text.RegularExpressions;

namespace Microsoft.ML.Distillation.Tests.Samples;

/// <summary>What the README shows is what compiles: its blocks of C# are regions of the samples.</summary>
public partial class ReadmeTests
{
    [Fact]
    public void EveryBlockOfCSharpIsARegionOfASample()
    {
        var blocks = Blocks(File.ReadAllText(Path.Combine(Checkout.Root, "README.md")));

        Assert.NotEmpty(blocks);
        foreach (var block in blocks)
        {
            // Where they differ, the most alike shows how.
            var lines = block.Split('\n').ToHashSet();
            var nearest = SourceRegion.All.MaxBy(region => region.Text.Split('\n').Count(lines.Contains));
            Assert.Equal(nearest?.Text, block);
        }
    }

    [Fact]
    public void EveryRegionIsShownSomewhere()
    {
        var docs = Path.Combine(Checkout.Root, "docs");
        string[] pages = [Path.Combine(Checkout.Root, "README.md"), .. Directory.Exists(docs) ? Directory.GetFiles(docs, "*.md", SearchOption.AllDirectories) : []];
        var shown = pages.SelectMany(page => Blocks(File.ReadAllText(page))).ToHashSet();

        Assert.All(SourceRegion.All, region => Assert.True(shown.Contains(region.Text), $"{region.File}: nobody shows region '{region.Name}' as it is."));
    }

    [Fact]
    public void RegionsAreCutWithoutTheirIndentation() => Assert.Equal(
        [new SourceRegion("a.cs", "one", "x\n\n  y"), new SourceRegion("a.cs", "two", "z")],
        SourceRegion.In("a.cs", "before\n    // <one>\n    x\n\n      y\n    // </one>\n// <two>\r\nz\r\n// </two>\n"));

    private static List<string> Blocks(string page) => [.. Block().Matches(page.ReplaceLineEndings("\n")).Select(match => match.Groups["code"].Value.TrimEnd())];

    [GeneratedRegex(@"^```(csharp|cs|c#)\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex Block();
}
