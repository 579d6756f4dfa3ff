using Microsoft.ML.Distillation.Quantizing;

namespace Microsoft.ML.Distillation.Tests.Quantizing;

public class ActivationRangeTests
{
    [Theory]
    [InlineData(-1.7f, 2.9f)]
    [InlineData(0f, 6f)]
    [InlineData(-3f, -1f)]
    [InlineData(.5f, 4f)]
    [InlineData(-1e-3f, 100f)]
    public void EveryValueOfTheRangeIsWithinHalfAStepAndZeroIsExact(float low, float high)
    {
        var (scale, zero) = new ActivationRange(low, high).Parameters();

        Assert.Equal((Math.Max(0, high) - Math.Min(0, low)) / 255, scale, 1e-6f * scale);
        for (var i = 0; i <= 1000; i++)
        {
            var value = low + (high - low) * i / 1000.0;
            var level = Math.Clamp(Math.Round(value / scale) + zero, 0, 255);
            // The zero point is rounded too, by which the ends may be off another half.
            Assert.True(Math.Abs(scale * (level - zero) - value) <= (value == low || value == high || level is 0 or 255 ? 1.0001 : .5001) * scale, $"{value}");
        }
    }

    [Fact]
    public void WhatIsAlwaysZeroHasAScale() => Assert.Equal((1f, (byte)0), new ActivationRange(0, 0).Parameters());

    [Theory]
    [InlineData(6f)]
    [InlineData(5.5f)]
    [InlineData(1f)]
    public void NoLevelIsAboveTheCeiling(float ceiling)
    {
        var (scale, zero) = new ActivationRange(0, ceiling).Parameters(ceiling);

        Assert.Equal(0, zero);
        Assert.True(255 * scale <= ceiling);
        Assert.Equal(ceiling, 255 * scale, 1e-5f);
    }
}
