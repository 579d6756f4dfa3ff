using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.Tests.Training;

public class GradientConflictTests
{
    [Theory]
    [InlineData(-.5, 1, true)]
    [InlineData(-.05, 1, false)] // nearly at right angles
    [InlineData(.5, 1, false)]
    [InlineData(-.5, .05, false)] // too small to do harm
    public void AMethodThatPullsAgainstTheLabelsIsFound(double cosine, double length, bool found)
    {
        var finding = Find(8, i => new GradientPair(1, length, cosine + (i % 2 == 0 ? .02 : -.02)))!;

        Assert.Equal(found ? CheckupSeverity.Warning : CheckupSeverity.Info, finding.Severity);
        Assert.Equal("gradient-conflict", finding.Code);
        Assert.Equal(found ? "What M teaches goes against the labels: lower its weight, or check the teacher." : null, finding.Remedy);
    }

    [Fact]
    public void TheFindingSaysWhatWasMeasured() => Assert.Equal(
        // Four of .5 and four of .7: deviation √(8·.01/7) = .107, of the mean .107/√8.
        "On the student's last stage, M's gradient and the labels' have a mean cosine of +0.60 ± 0.04 over 8 samples of training; the method's is 1.50 times as long.",
        Find(8, i => new GradientPair(2, 3, i % 2 == 0 ? .5 : .7))!.Measured);

    [Fact]
    public void SamplesThatDisagreeProveNothing() => Assert.Equal(CheckupSeverity.Info, Find(6, i => new GradientPair(1, 1, i % 2 == 0 ? .6 : -.9))!.Severity);

    [Fact]
    public void AFewSamplesProveNothing()
    {
        Assert.Null(Find(4, _ => new GradientPair(1, 1, -1)));
        Assert.NotNull(Find(5, _ => new GradientPair(1, 1, -1)));
    }

    [Fact]
    public void WhatHasNoGradientIsNoSample() => Assert.Null(Find(20, i => i % 2 == 0 ? new GradientPair(1, 0, 0) : new GradientPair(double.NaN, 1, double.NaN)));

    private static CheckupFinding? Find(int count, Func<int, GradientPair> sample)
    {
        var conflict = new GradientConflict("M");
        for (var i = 0; i < count; i++)
            conflict.Add(sample(i));
        return conflict.Find();
    }
}
