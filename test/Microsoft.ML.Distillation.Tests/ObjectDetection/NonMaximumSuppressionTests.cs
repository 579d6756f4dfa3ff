using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Tests.Students.Detection;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class NonMaximumSuppressionTests
{
    [Theory]
    [InlineData(.1f, .45f, 300, 1000)]
    [InlineData(0, .2f, 7, 30)]
    [InlineData(.5f, .9f, 2, 3)]
    [InlineData(1, .5f, 10, 10)]
    [InlineData(.3f, 0, 100, 100)]
    public void ItIsWhatLoopsLeave(float score, float iou, int perClass, int maximum)
    {
        var settings = new Suppression { ScoreThreshold = score, IouThreshold = iou, MaximumPerClass = perClass, Maximum = maximum };
        for (var seed = 0; seed < 20; seed++)
        {
            var (boxes, scores) = Scene(80, 4, seed);

            var best = NonMaximumSuppression.Apply(boxes, scores, 4, settings);

            Assert.Equal(
                PlainSuppression.Apply(boxes, scores, 4, settings),
                best.Select(c => new Found(c.Class, c.Score, boxes[4 * c.Place], boxes[4 * c.Place + 1], boxes[4 * c.Place + 2], boxes[4 * c.Place + 3])));
        }
    }

    [Fact]
    public void WhatIsNoNumberIsNothing()
    {
        float[] boxes = [0, 0, float.NaN, 5, 0, 0, 5, 5, 0, 0, float.PositiveInfinity, 5];

        Assert.Equal([new Candidate(1, 0, .5f)], NonMaximumSuppression.Apply(boxes, [.9f, .5f, .8f], 1, new()));
        Assert.Empty(NonMaximumSuppression.Apply(boxes, [.9f, float.NaN, .8f], 1, new()));
        Assert.Empty(NonMaximumSuppression.Apply([], [], 1, new()));
    }

    [Theory]
    [InlineData(new float[] { 0, 0, 2, 2 }, 1 / 7f)]
    [InlineData(new float[] { 1, 1, 3, 3 }, 1)]
    [InlineData(new float[] { 3, 1, 5, 3 }, 0)]
    [InlineData(new float[] { 2, 2, 2, 2 }, 0)]
    public void OverlapsAreSharesOfBothTogether(float[] box, float expected)
    {
        Assert.Equal(expected, NonMaximumSuppression.IoU([1, 1, 3, 3], box));
        Assert.Equal(expected, NonMaximumSuppression.IoU(box, [1, 1, 3, 3]));
    }

    // Coarse numbers, so that scores and boxes are often equal.
    private static (float[] Boxes, float[] Scores) Scene(int places, int classes, int seed)
    {
        var random = new Random(seed);
        var boxes = Enumerable.Range(0, places).SelectMany(_ =>
        {
            var (x, y) = (random.Next(12), random.Next(12));
            return new float[] { x, y, x + random.Next(1, 8), y + random.Next(1, 8) };
        }).ToArray();
        return (boxes, [.. Enumerable.Range(0, places * classes).Select(_ => random.Next(0, 21) / 20f)]);
    }
}
