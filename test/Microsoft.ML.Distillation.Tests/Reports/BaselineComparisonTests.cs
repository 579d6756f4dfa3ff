namespace Microsoft.ML.Distillation.Tests.Reports;

public class BaselineComparisonTests
{
    [Fact]
    public void TheIntervalIsThePairedTInterval()
    {
        var comparison = Of(10_000, .010, .020, .015);

        // Mean .015, deviation .005: .015 ± 4.302653·.005/√3.
        Assert.Equal(.015, comparison.MeanGain, 1e-12);
        Assert.Equal(.015 - 4.302652729696142 * .005 / Math.Sqrt(3), comparison.Interval!.Value.Low, 1e-12);
        Assert.Equal(.015 + 4.302652729696142 * .005 / Math.Sqrt(3), comparison.Interval.Value.High, 1e-12);
    }

    [Fact]
    public void AGainThatAllSeedsShareHelped()
    {
        var comparison = Of(10_000, .030, .034, .032);

        Assert.Equal(ComparisonVerdict.Helped, comparison.Verdict);
        Assert.Equal(
            "Distillation helped: accuracy changed by +3.20 points on 10000 held-out images, the mean of 3 seeds, with a 95 % interval of +2.70 to +3.70.", comparison.Text);
    }

    [Fact]
    public void ALossThatAllSeedsShareHurt()
    {
        var comparison = Of(10_000, -.030, -.034, -.032);

        Assert.Equal(ComparisonVerdict.Hurt, comparison.Verdict);
        Assert.Equal(
            "Distillation hurt: accuracy changed by -3.20 points on 10000 held-out images, the mean of 3 seeds, with a 95 % interval of -3.70 to -2.70.", comparison.Text);
    }

    [Fact]
    public void GainsOnBothSidesAreNoEvidence()
    {
        var comparison = Of(1000, .02, -.01, .005);

        Assert.Equal(ComparisonVerdict.NoEvidence, comparison.Verdict);
        Assert.Equal(
            "No evidence that distillation helped or hurt: accuracy changed by +0.50 points on 1000 held-out images, the mean of 3 seeds, with a 95 % interval of -3.23 to +4.23, and that includes 0.",
            comparison.Text);
    }

    [Theory]
    [InlineData(1, "is 1. Accuracy changed by +5.00 points on 100 held-out images.")]
    [InlineData(2, "are 2. Accuracy changed by +5.00 and +5.00 points on 100 held-out images.")]
    public void OfFewerThanThreeSeedsNothingIsSaid(int seeds, string end)
    {
        var comparison = Of(100, [.. Enumerable.Repeat(.05, seeds)]);

        Assert.Equal((ComparisonVerdict.TooFewSeeds, null), (comparison.Verdict, comparison.Interval));
        Assert.Equal("Nothing can be said of whether distillation helped: that takes 3 seeds, and there " + end, comparison.Text);
    }

    // Their interval has no width, which is no certainty: the images' own noise decides.
    [Theory]
    [InlineData(0, ComparisonVerdict.NoEvidence)]
    [InlineData(.05, ComparisonVerdict.NoEvidence)]
    [InlineData(-.05, ComparisonVerdict.NoEvidence)]
    [InlineData(.3, ComparisonVerdict.Helped)]
    [InlineData(-.3, ComparisonVerdict.Hurt)]
    public void GainsThatAreAllAlikeMustBeMoreThanTheImagesNoise(double gain, ComparisonVerdict verdict)
    {
        var comparison = Of(100, gain, gain, gain);

        Assert.Equal(verdict, comparison.Verdict);
        Assert.InRange(comparison.NoiseBound!.Value, .05, .2);
        Assert.Contains("all 3 seeds changed accuracy by exactly", comparison.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void GainsThatDifferByRoundingAloneAreAlike()
    {
        double[] distilled = [.3, .1 + .2, .3];
        var comparison = BaselineComparison.Of([.. distilled.Select((d, i) => new SeedGain(i, .29, d))], 100);

        Assert.Equal(ComparisonVerdict.NoEvidence, comparison.Verdict);
    }

    [Fact]
    public void AGainBelowTheImagesNoiseSaysSo()
    {
        var comparison = Of(500, .010, .012, .011);

        Assert.Equal(ComparisonVerdict.Helped, comparison.Verdict);
        Assert.EndsWith("with other images it may differ, since 500 can't surely tell apart models that differ by less than 6.18 points.", comparison.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void TheNoiseIsTheBinomialOne()
    {
        // 1.96·√(2·.25/402) of (200 + 1)/(400 + 2) = .5 twice.
        var comparison = Of(400, 0.0);

        Assert.Equal(1.959963984540054 * Math.Sqrt(2 * .25 / 402), comparison.NoiseBound!.Value, 1e-12);
        Assert.Equal("On 400 held-out images, differences between two models of less than 6.91 points may be noise: the choice of the images alone can make them.", comparison.NoiseText);
    }

    [Fact]
    public void ImagesThatChoseTheEpochsAreSaidToHave()
    {
        SeedGain[] seeds = [new(1, .5, .6), new(2, .5, .62), new(3, .5, .61)];

        Assert.EndsWith("These images also chose each student's epoch, which flatters both kinds; without KeepBest and EarlyStopping they don't.", BaselineComparison.Of(seeds, 1000, epochsChosen: true).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("chose", BaselineComparison.Of(seeds, 1000).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void PerfectAccuraciesOnFewImagesAreNoCertaintyEither() =>
        Assert.InRange(BaselineComparison.Of([new(1, 1, 1)], 8).NoiseBound!.Value, .2, .4);

    [Fact]
    public void PrecisionsAreNoSharesOfTheImages()
    {
        var comparison = BaselineComparison.OfPrecision([new(1, .3, .35), new(2, .31, .37), new(3, .29, .35)], 40);
        var alike = BaselineComparison.OfPrecision([new(1, .25, .5), new(2, .25, .5), new(3, .25, .5)], 40);

        Assert.Equal(("mAP 50:95", ComparisonVerdict.Helped, (double?)null), (comparison.Metric, comparison.Verdict, comparison.NoiseBound));
        Assert.Equal(
            "Distillation helped: mAP 50:95 changed by +5.67 points on 40 held-out images, the mean of 3 seeds, with a 95 % interval of +4.23 to +7.10.", comparison.Text);
        Assert.Equal("The figures are of 40 held-out images; on others they differ, by how much is not known of a mean average precision.", comparison.NoiseText);
        Assert.Equal(ComparisonVerdict.NoEvidence, alike.Verdict);
        Assert.EndsWith("all 3 seeds changed mAP 50:95 by exactly +25.00 points on 40 held-out images, which tells nothing of their chance.", alike.Text, StringComparison.Ordinal);
        Assert.EndsWith(" mAP 50:95 changed by -2.00 points on 40 held-out images.", BaselineComparison.OfPrecision([new(1, .3, .28)], 40).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatCannotBeComparedIsAnError()
    {
        Assert.Equal("There are no seeds to compare; give at least one. (Parameter 'seeds')", Assert.Throws<ArgumentException>(() => BaselineComparison.Of([], 10)).Message);
        Assert.Equal(
            "Seed 4 is there 2 times; a seed trains the same students every time and counts once. (Parameter 'seeds')",
            Assert.Throws<ArgumentException>(() => BaselineComparison.Of([new(4, .5, .5), new(4, .5, .6)], 10)).Message);
        Assert.Equal(
            "Seed 1 has accuracies 0.5 and NaN; they must be in 0…1. (Parameter 'seeds')",
            Assert.Throws<ArgumentException>(() => BaselineComparison.Of([new(1, .5, double.NaN)], 10)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => BaselineComparison.Of([new(1, .5, .5)], 0));
    }

    private static BaselineComparison Of(int images, params double[] gains) => BaselineComparison.Of([.. gains.Select((gain, i) => new SeedGain(i + 1, .5, .5 + gain))], images);
}
