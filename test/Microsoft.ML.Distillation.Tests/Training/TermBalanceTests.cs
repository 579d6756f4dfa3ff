using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.Tests.Training;

public class TermBalanceTests
{
    [Fact]
    public void TheFactorMakesMeanLengthsAShareAndThenStays()
    {
        var balance = new TermBalance(new() { Share = .5, Batches = 3 });
        Assert.Equal((true, 1.0), (balance.Measures, balance.Factor));

        balance.Add(new(2, 8, 0));
        Assert.Equal(.5 * 2 / 8, balance.Factor, 1e-15);
        balance.Add(new(4, 4, 0));
        Assert.Equal(.5 * 6 / 12, balance.Factor, 1e-15);
        balance.Add(new(6, 3, 0));
        Assert.Equal((false, .5 * 12 / 15), (balance.Measures, balance.Factor));

        balance.Add(new(100, 1, 0));
        Assert.Equal(.5 * 12 / 15, balance.Factor, 1e-15);
    }

    [Fact]
    public void WhatHasNoGradientYetIsNotMeasured()
    {
        var balance = new TermBalance(new() { Batches = 1 });

        foreach (var pair in new GradientPair[] { new(1, 0, 0), new(0, 1, 0), new(double.NaN, 1, 0), new(1, double.PositiveInfinity, 0) })
            balance.Add(pair);

        Assert.Equal((true, 1.0), (balance.Measures, balance.Factor));
        balance.Add(new(3, 1, 0));
        Assert.Equal((false, 3.0), (balance.Measures, balance.Factor));
    }
}
