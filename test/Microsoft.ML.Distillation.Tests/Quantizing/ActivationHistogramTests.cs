using Microsoft.ML.Distillation.Quantizing;

namespace Microsoft.ML.Distillation.Tests.Quantizing;

public class ActivationHistogramTests
{
    [Theory]
    [InlineData(99.9)]
    [InlineData(99)]
    [InlineData(80)]
    public void TheRangeLeavesOutWhatSortingSays(double percentile)
    {
        var values = Numbers.Gaussian(50_000, seed: 3);
        var sorted = values.Order().ToArray();
        var histogram = new ActivationHistogram(sorted[0], sorted[^1]);
        histogram.Add(values);

        var range = histogram.Within(percentile);

        var left = (int)(values.Length * (100 - percentile) / 200);
        var bin = (sorted[^1] - sorted[0]) / ActivationHistogram.BinCount;
        Assert.InRange(range.Minimum, sorted[left] - bin, sorted[left]);
        Assert.InRange(range.Maximum, sorted[^(left + 1)], sorted[^(left + 1)] + bin);
        Assert.True(values.Count(v => v < range.Minimum) <= left);
        Assert.True(values.Count(v => v > range.Maximum) <= left);
    }

    [Fact]
    public void AllOfItIsFromTheLeastToTheGreatest()
    {
        var histogram = new ActivationHistogram(-1, 3);
        histogram.Add([-1, 0, 2.5f, 3]);

        Assert.Equal(4, histogram.Bins.Sum());
        Assert.Equal(new ActivationRange(-1, 3), histogram.Within(100));
    }

    [Fact]
    public void ValuesThatAreAllTheSameHaveARangeToo()
    {
        var histogram = new ActivationHistogram(2, 2);
        histogram.Add([2, 2, 2]);

        Assert.Equal(new ActivationRange(2, 2), histogram.Within(99.99));
    }

    [Fact]
    public void MagnitudesReachToTheFartherEnd()
    {
        Assert.Equal((0, 5), (ActivationHistogram.OfMagnitudes(-5, 2).Minimum, ActivationHistogram.OfMagnitudes(-5, 2).Maximum));
        Assert.Equal(7, ActivationHistogram.OfMagnitudes(-5, 7).Maximum);
    }
}
