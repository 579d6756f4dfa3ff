using Microsoft.ML.Distillation.Reports;

namespace Microsoft.ML.Distillation.Tests.Reports.Charts;

public class TicksTests
{
    [Theory]
    [InlineData(0, 1, new[] { 0, .2, .4, .6, .8, 1 })]
    [InlineData(.13, .88, new[] { 0, .2, .4, .6, .8, 1 })]
    [InlineData(-.03, .04, new[] { -.04, -.02, 0, .02, .04 })]
    [InlineData(3, 1200, new[] { 0, 500.0, 1000, 1500 })]
    [InlineData(5, 5, new[] { 2.0, 3, 4, 5, 6, 7, 8 })]
    [InlineData(0, 0, new[] { -.6, -.4, -.2, 0, .2, .4, .6 })]
    public void AreRoundNumbersAroundTheValues(double low, double high, double[] ticks) => Numbers.Within(ticks, Ticks.Around(low, high), 1e-9);
}
