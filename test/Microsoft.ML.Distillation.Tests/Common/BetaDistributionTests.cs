using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Tests.Common;

public class BetaDistributionTests
{
    private const int Count = 40_000;

    // Beta(α, α) has mean ½ and variance 1/(4(2α + 1)). The mean's deviation is √(variance/n); the variance's below variance·√(2/n), since the kurtosis is below the normal's.
    [Theory]
    [InlineData(.01)]
    [InlineData(.2)]
    [InlineData(1)]
    [InlineData(2.5)]
    [InlineData(100)]
    public void MeanAndVarianceAreThoseOfTheDistribution(double alpha)
    {
        var values = Draws(alpha);
        var variance = 1 / (4 * (2 * alpha + 1));

        Assert.All(values, v => Assert.InRange(v, 0, 1));
        Assert.Equal(.5, values.Average(), 4.5 * Math.Sqrt(variance / Count));
        Assert.Equal(variance, values.Average(v => (v - .5) * (v - .5)), 4.5 * variance * Math.Sqrt(2.0 / Count));
    }

    // Known in closed form: uniform for α = 1, the arcsine law (2/π)·asin(√x) for α = ½, x²(3 − 2x) for α = 2. 1.95/√n is Kolmogorov's bound at one in a thousand.
    [Theory]
    [InlineData(.5)]
    [InlineData(1)]
    [InlineData(2)]
    public void TheWholeDistributionIsRight(double alpha)
    {
        var values = Draws(alpha).Order().ToArray();

        var distance = Enumerable.Range(0, Count).Max(i => Math.Abs(Expected(values[i]) - (i + .5) / Count));

        Assert.InRange(distance, 0, 1.95 / Math.Sqrt(Count));

        double Expected(double x) => alpha switch { .5 => 2 / Math.PI * Math.Asin(Math.Sqrt(x)), 1 => x, _ => x * x * (3 - 2 * x) };
    }

    private static double[] Draws(double alpha) => [.. Enumerable.Range(0, Count).Select(i =>
    {
        var random = new CounterRandom(1, RandomPurpose.Mixing, i);
        return BetaDistribution.Draw(ref random, alpha);
    })];
}
