using Microsoft.ML.Distillation.ObjectDetection;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class AnchorSearchTests
{
    [Fact]
    public void AnchorsAreThoseOfAPlainSearch()
    {
        var cases = Golden.Read<Case[]>("data/anchors.json");

        Assert.Equal(3, cases.Length);
        foreach (var golden in cases)
        {
            var boxes = Sizes(golden.Boxes);
            var anchors = AnchorSearch.Find(boxes, golden.Count, golden.Seed, golden.Ratio, golden.Generations);
            var fit = AnchorFit.Of(boxes, Sizes(golden.Anchors), golden.Ratio);

            Assert.Equal(golden.Anchors.Length, anchors.Length);
            Assert.All(anchors.Zip(golden.Anchors), pair => Assert.True(
                Math.Abs(pair.First.Width - pair.Second[0]) < 1e-6 && Math.Abs(pair.First.Height - pair.Second[1]) < 1e-6, $"{pair.First} instead of {pair.Second[0]}×{pair.Second[1]}"));
            Assert.Equal(golden.Fit[0], fit.BestPossibleRecall, 1e-12);
            Assert.Equal(golden.Fit[1], fit.AnchorsPerBox, 1e-12);
            Assert.Equal(golden.Fit[2], fit.Fitness, 1e-12);
        }
    }

    [Fact]
    public void ChangesOnlyEverImproveTheFit()
    {
        var boxes = Sizes(Golden.Read<Case[]>("data/anchors.json")[1].Boxes);
        var fitness = new[] { 0, 10, 100, 400 }.Select(generations => AnchorFit.Of(boxes, AnchorSearch.Find(boxes, 5, seed: 3, generations: generations)).Fitness).ToArray();

        Assert.Equal(fitness.Order(), fitness);
        Assert.True(fitness[^1] > fitness[0]);
    }

    [Fact]
    public void TheSeedDecides()
    {
        var boxes = Sizes(Golden.Read<Case[]>("data/anchors.json")[0].Boxes);

        Assert.Equal(AnchorSearch.Find(boxes, 4, seed: 1), AnchorSearch.Find(boxes, 4, seed: 1));
        Assert.NotEqual(AnchorSearch.Find(boxes, 4, seed: 1), AnchorSearch.Find(boxes, 4, seed: 2));
    }

    [Fact]
    public void SizesThatOccurAreFoundAsTheyAre()
    {
        BoxSize[] boxes = [.. Enumerable.Repeat(new BoxSize(100, 50), 7), .. Enumerable.Repeat(new BoxSize(10, 20), 5)];

        Assert.Equal([new BoxSize(10, 20), new BoxSize(100, 50)], AnchorSearch.Find(boxes, 2, seed: 1).Select(a => new BoxSize(Math.Round(a.Width, 9), Math.Round(a.Height, 9))));
        Assert.Equal(new AnchorFit(1, 1, 1), Rounded(AnchorFit.Of(boxes, AnchorSearch.Find(boxes, 2, seed: 1))));
    }

    [Fact]
    public void FewerSizesThanAnchorsAreEnlarged() =>
        Assert.Equal([new BoxSize(10, 20), new BoxSize(15, 30), new BoxSize(22.5, 45)], AnchorSearch.Find([new(10, 20), new(10, 20)], 3, seed: 1));

    [Fact]
    public void BoxesThatNoAnchorServesCountAsZero() =>
        Assert.Equal(new AnchorFit(.5, 1, .4), Rounded(AnchorFit.Of([new(10, 10), new(100, 10)], [new(8, 10), new(10, 12.5), new(100, 100)])));

    [Fact]
    public void ManyBoxesAreThinnedOutAndTinyOnesPassedOver()
    {
        var boxes = Enumerable.Range(0, 40_000).Select(i => i % 2 == 0 ? new BoxSize(30, 60) : new BoxSize(1, 1.5)).ToArray();

        Assert.Equal([new BoxSize(30, 60)], AnchorSearch.Find(boxes, 1, seed: 1, generations: 5));
        Assert.Equal(
            "None of 1 boxes has a side of 2 pixels or more in the detector's input: there is nothing to fit anchors to. (Parameter 'boxes')",
            Assert.Throws<ArgumentException>(() => AnchorSearch.Find([new(1, 1)], 3, seed: 1)).Message);
    }

    private static AnchorFit Rounded(AnchorFit fit) => new(Math.Round(fit.BestPossibleRecall, 9), Math.Round(fit.AnchorsPerBox, 9), Math.Round(fit.Fitness, 9));

    private static BoxSize[] Sizes(double[][] sizes) => Array.ConvertAll(sizes, s => new BoxSize(s[0], s[1]));

    private sealed record Case(double[][] Boxes, int Count, long Seed, double Ratio, int Generations, double[][] Anchors, double[] Fit);
}
