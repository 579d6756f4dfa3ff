using Microsoft.ML.Distillation.ObjectDetection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class PseudoLabelsTests
{
    [Theory]
    [InlineData(.5, new[] { 0, 2, 1f, 2, 3, 4, 1, 0, 5, 6, 7, 8 })]
    [InlineData(.8, new[] { 1, 0, 5f, 6, 7, 8 })]
    [InlineData(.95, new float[0])]
    public void BoxesFromAScoreOnBecomeTargets(double threshold, float[] expected)
    {
        using var scope = NewDisposeScope();

        var rows = PseudoLabels.Rows(tensor(new long[] { 0, 0, 1 }), Boxes(), tensor(new[] { .5f, .4f, .9f }), tensor(new long[] { 2, 1, 0 }), threshold);

        Assert.Equal([expected.Length / 6, 6], rows.shape);
        Assert.Equal(expected, Numbers.Floats(rows));
    }

    [Fact]
    public void ScoresCanBecomeConfidences()
    {
        using var scope = NewDisposeScope();

        var rows = PseudoLabels.Rows(zeros(3), Boxes(), tensor(new[] { .5f, .4f, .9f }), zeros(3), 0, soft: true);

        Assert.Equal([.5f, .4f, .9f], Numbers.Floats(DetectionTargets.Create(rows, 1, CPU).Confidence));
    }

    [Fact]
    public void WhatIsNoBoxOrNoClassOfTheStudentsIsLeftOut()
    {
        using var scope = NewDisposeScope();
        var boxes = tensor(new[] { 0, 0, 0, 5, 0, 0, 5, float.NaN, 0, 0, 5, 5, 1, 1, 5, 5 }, [4, 4]);

        var rows = PseudoLabels.Rows(zeros(4), boxes, ones(4), tensor(new long[] { 0, 0, -1, 3 }), .5);

        Assert.Equal([0f, 3, 1, 1, 5, 5], Numbers.Floats(rows));
    }

    private static Tensor Boxes() => tensor(new float[] { 1, 2, 3, 4, 0, 0, 9, 9, 5, 6, 7, 8 }, [3, 4]);
}
