using Microsoft.ML.Distillation.Checkup;

namespace Microsoft.ML.Distillation.Tests.Checkup;

public class FeatureSignalTests
{
    // Every row's own mean is computed anew without it, in plain loops.
    [Fact]
    public void TheNearestMeanIsThatOfAllOtherRows()
    {
        const int Count = 60, Length = 3;
        var values = Numbers.Gaussian(Count * Length, seed: 7);
        int[] labels = [.. Enumerable.Range(0, Count).Select(i => i % 4)];
        for (var i = 0; i < Count; i++)
            values[i * Length] += labels[i];
        var (means, deviations) = Moments(values, Length);

        var right = FeatureSignal.NearestMean(values, Length, labels)!;

        var expected = Enumerable.Range(0, Count).Select(row => Enumerable.Range(0, 4).MinBy(label => Enumerable.Range(0, Length).Sum(d =>
        {
            var mean = Enumerable.Range(0, Count).Where(r => r != row && labels[r] == label).Average(r => (values[r * Length + d] - means[d]) / deviations[d]);
            return Math.Pow((values[row * Length + d] - means[d]) / deviations[d] - mean, 2);
        })) == labels[row]);
        Assert.Equal(expected, right);
        Assert.InRange(right.Count(r => r), 20, 50);
    }

    [Fact]
    public void ScaleAndPlaceOfAnElementDontMatter()
    {
        var values = Numbers.Gaussian(80, seed: 3);
        int[] labels = [.. Enumerable.Range(0, 40).Select(i => i % 2)];

        Assert.Equal(FeatureSignal.NearestMean(values, 2, labels), FeatureSignal.NearestMean([.. values.Select((v, i) => i % 2 == 0 ? v * 64 + 8 : v / 32)], 2, labels));
    }

    [Fact]
    public void ElementsThatNeverChangeAreLeftOut()
    {
        int[] labels = [.. Enumerable.Range(0, 20).Select(i => i % 2)];

        Assert.All(FeatureSignal.NearestMean([.. labels.SelectMany(l => new[] { 5f, l })], 2, labels)!, Assert.True);
        Assert.Null(FeatureSignal.NearestMean([.. labels.SelectMany(_ => new[] { 5f, 1e6f })], 2, labels));
    }

    [Fact]
    public void WhatIsNoNumberIsNoSignal()
    {
        int[] labels = [.. Enumerable.Range(0, 20).Select(i => i % 2)];

        Assert.Null(FeatureSignal.NearestMean([.. labels.Select((l, i) => i == 7 ? float.NaN : l)], 1, labels));
    }

    [Fact]
    public void ARowAloneInItsClassIsNeverRight() => Assert.Equal([true, true, true, true, false], FeatureSignal.NearestMean([0, .1f, 1, 1.1f, 9], 1, [0, 0, 1, 1, 2])!);

    [Fact]
    public void OnlyTheDeepestMustTellClassesApart()
    {
        int[] labels = [.. Enumerable.Range(0, 200).Select(i => i % 4)];
        var (noise, signal) = (new SampleVectors("map a", 2, Numbers.Gaussian(400, seed: 5)), new SampleVectors("map b", 1, [.. labels.Select(l => (float)l)]));

        Assert.DoesNotContain(FeatureSignal.Findings("T", [noise, signal], labels), f => f.Severity == CheckupSeverity.Warning);
        var warning = Assert.Single(FeatureSignal.Findings("T", [signal, noise], labels), f => f.Severity == CheckupSeverity.Warning);
        Assert.Matches("^T: by map a the nearest mean of a class is right on [0-9.]+ % of 200 images, which is no better than chance\\.$", warning.Measured);
    }

    private static (double[] Means, double[] Deviations) Moments(float[] values, int length)
    {
        var columns = Enumerable.Range(0, length).Select(d => values.Where((_, i) => i % length == d).Select(v => (double)v).ToArray()).ToArray();
        return ([.. columns.Select(c => c.Average())], [.. columns.Select(c => Math.Sqrt(c.Average(v => Math.Pow(v - c.Average(), 2))))]);
    }
}
