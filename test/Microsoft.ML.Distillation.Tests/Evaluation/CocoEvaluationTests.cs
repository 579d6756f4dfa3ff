using Microsoft.ML.Distillation.Evaluation;

namespace Microsoft.ML.Distillation.Tests.Evaluation;

public class CocoEvaluationTests
{
    [Fact]
    public void FiguresAreThoseOfTheCocoApi()
    {
        var cases = CocoCase.OfTheApi();

        Assert.Equal(300, cases.Length);
        for (var i = 0; i < cases.Length; i++)
            cases[i].Check(CocoEvaluation.Evaluate(cases[i].ClassNames, cases[i].Records()), i);
    }

    [Fact]
    public void ManyDetectionsEqualScoresAndSizesOnALimitAreNoException()
    {
        var cases = CocoCase.Hard();

        Assert.Contains(cases, c => c.Detections.GroupBy(d => (d[0], d[1])).Any(g => g.Count() > 2 * CocoProtocol.MostDetections));
        for (var i = 0; i < cases.Length; i++)
            cases[i].Check(CocoEvaluation.Evaluate(cases[i].ClassNames, cases[i].Records()), i);
    }

    [Fact]
    public void ThresholdsAreNumPysToTheBit()
    {
        // numpy.linspace(.5, .95, 10) and numpy.linspace(0, 1, 101)
        Assert.Equal([.5, .55, .6, .65, .7, .75, .8, .85, .8999999999999999, .95], CocoProtocol.IoUThresholds);
        Assert.Equal([0, .01, .02, .03, .04, .05, .06, .07], CocoProtocol.RecallThresholds[..8]);
        Assert.Equal(.29, CocoProtocol.RecallThresholds[29]);
        Assert.Equal(.5700000000000001, CocoProtocol.RecallThresholds[57]);
        Assert.Equal((101, 1.0), (CocoProtocol.RecallThresholds.Length, CocoProtocol.RecallThresholds[^1]));
    }

    [Fact]
    public void WhereThereIsNothingToFindFiguresAreNotANumber()
    {
        var metrics = CocoEvaluation.Evaluate(["a", "b"], [new([], [new(0, 1, 2, 3, 4, .5)]), new([], [])]);

        Assert.Equal(2, metrics.Images);
        Assert.True(double.IsNaN(metrics.MeanAveragePrecision) && double.IsNaN(metrics.MeanAveragePrecision50) && double.IsNaN(metrics.AverageRecall1));
        Assert.Equal([("a", 0, 1), ("b", 0, 0)], metrics.PerClass.Select(c => (c.Name, c.Objects, c.Detections)));
        Assert.All(metrics.PerClass, c => Assert.True(double.IsNaN(c.AveragePrecision) && double.IsNaN(c.AverageRecall) && double.IsNaN(c.Curve().Precision[0])));
        Assert.All(metrics.Curve().Precision, p => Assert.True(double.IsNaN(p)));
        Assert.True(double.IsNaN(CocoEvaluation.Evaluate([], []).MeanAveragePrecision));
    }

    [Fact]
    public void AClassThatIsNeverFoundCountsAsZeroAndOneThatIsNotThereDoesNotCount()
    {
        var metrics = CocoEvaluation.Evaluate(["found", "missed", "invented"], [new(
            [new(0, 10, 10, 20, 20), new(1, 50, 50, 20, 20)], [new(0, 10, 10, 20, 20, .9), new(2, 50, 50, 20, 20, .8)])]);

        Assert.Equal([1, 0, double.NaN], metrics.PerClass.Select(c => Math.Round(c.AveragePrecision, 12)));
        Assert.Equal((.5, .5), (metrics.AverageRecall1, metrics.AverageRecallSmall));
        Assert.Equal(.5, metrics.MeanAveragePrecision, 1e-12);
        Assert.True(double.IsNaN(metrics.MeanAveragePrecisionLarge));
        Assert.All(metrics.Curve().Precision, p => Assert.Equal(.5, p, 1e-12));
    }

    [Fact]
    public void ACurveTellsPrecisionAndScoreAtEachRecall()
    {
        // Right at .9, wrong at .8, right at .7; the third object is missed.
        var metrics = CocoEvaluation.Evaluate(["a"], [new(
            [new(0, 0, 0, 10, 10), new(0, 20, 0, 10, 10), new(0, 40, 0, 10, 10)],
            [new(0, 20, 0, 10, 10, .7), new(0, 0, 0, 10, 10, .9), new(0, 60, 0, 10, 10, .8)])]);
        var curve = metrics.PerClass[0].Curve(.75);

        Assert.Equal(.75, curve.IoUThreshold);
        int[] places = [0, 33, 34, 66, 67];
        Assert.Equal([1, 1, .666666666667, .666666666667, 0], places.Select(r => Math.Round(curve.Precision[r], 12)));
        Assert.Equal([.9, .9, .7, .7, double.NaN], places.Select(r => curve.Scores[r]));
        Assert.Equal(metrics.MeanAveragePrecision75, curve.Precision.Average(), 1e-12);
        Assert.Equal(curve.Precision, metrics.Curve(.75).Precision);
        Assert.Equal((101, .5), (curve.Recall.Count, curve.Recall[50]));
    }

    [Fact]
    public void ThereAreCurvesForTheThresholdsOfCocoOnly()
    {
        var metrics = CocoEvaluation.Evaluate(["a"], []);

        Assert.StartsWith(
            "Curves are kept for the IoU thresholds .5, .55, …, .95; give one of these.", Assert.Throws<ArgumentOutOfRangeException>(() => metrics.Curve(.3)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => metrics.Curve(double.NaN));
        Assert.Equal(.9, metrics.PerClass[0].Curve(.9).IoUThreshold, 1e-12);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void WhatADivergedDetectorSaysFindsNothing(double value)
    {
        TrueObject[] objects = [new(0, 0, 0, 10, 10)];

        Assert.Equal(0, CocoEvaluation.Evaluate(["a"], [new(objects, [new(0, value, value, value, value, .9)])]).MeanAveragePrecision50);
        Assert.Equal(1, CocoEvaluation.Evaluate(["a"], [new(objects, [new(0, value, 0, 10, 10, double.NaN), new(0, 0, 0, 10, 10, .1)])]).MeanAveragePrecision50, 1e-12);
    }
}
