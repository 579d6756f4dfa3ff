using Microsoft.ML.Distillation.Quantizing;

namespace Microsoft.ML.Distillation.Tests.Quantizing;

public class EntropyThresholdTests
{
    private static readonly Dictionary<string, EntropyCase> _golden = Golden.Read<Dictionary<string, EntropyCase>>("quantization/entropy.json");

    public static TheoryData<string> Names => [.. _golden.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ItChoosesAndMeasuresAsNumPyDoes(string name)
    {
        var golden = _golden[name];

        Assert.Equal(golden.Chosen, EntropyThreshold.Choose(golden.Bins));
        Numbers.Close(golden.Divergences, golden.At.Select(count => EntropyThreshold.Divergence(golden.Bins, count)), 1e-9);
        Assert.Equal(golden.Infinite, Enumerable.Range(128, 2048 - 127).Count(count => double.IsInfinity(EntropyThreshold.Divergence(golden.Bins, count))));
    }

    [Fact]
    public void WhatFillsEveryBinEvenlyIsNotClipped()
    {
        var even = Enumerable.Repeat(3L, 2048).ToArray();

        Assert.Equal(0, EntropyThreshold.Divergence(even, 2048), 12);
        Assert.True(EntropyThreshold.Divergence(even, 1000) > .1);
    }

    private sealed record EntropyCase(long[] Bins, int Chosen, int Infinite, int[] At, double[] Divergences);
}
