using Microsoft.ML.Distillation.ObjectDetection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class DetectionTargetsTests
{
    [Fact]
    public void EveryImageGetsAsManyPlaces()
    {
        using var scope = NewDisposeScope();
        var rows = tensor(new float[] { 2, 5, 1, 2, 3, 4, 0, 6, 5, 6, 7, 8, 2, 7, 9, 8, 11, 12 }, [3, 6]);

        var padded = DetectionTargets.Create(rows, 3, CPU).Padded();

        Assert.Equal([3, 2, 4], padded.Boxes.shape);
        Assert.Equal([true, false, false, false, true, true], padded.Present.data<bool>().ToArray());
        Assert.Equal([6, 0, 0, 0, 5, 7L], padded.Classes.data<long>().ToArray());
        Assert.Equal([1f, 0, 0, 0, 1, 1], padded.Confidence.data<float>().ToArray());
        Assert.Equal([9f, 8, 11, 12], padded.Boxes[2, 1].data<float>().ToArray());
    }

    [Fact]
    public void WithoutObjectsThereIsAnEmptyPlace()
    {
        using var scope = NewDisposeScope();
        foreach (var targets in new[] { DetectionTargets.Create(zeros(0, 6), 2, CPU), new DetectionTargets(zeros(0, 6), 2) })
        {
            var padded = targets.Padded();

            Assert.Equal([2, 1, 4], padded.Boxes.shape);
            Assert.Equal([false, false], padded.Present.data<bool>().ToArray());
        }
    }

    [Fact]
    public void AnUncountedBatchIsCounted()
    {
        using var scope = NewDisposeScope();

        Assert.Equal([1, 3], new DetectionTargets(zeros(3, 7), 1).Padded().Present.shape);
        Assert.Equal([0f, 0, 0], new DetectionTargets(zeros(3, 7), 1).Padded().Confidence.data<float>().ToArray());
    }

    [Fact]
    public void WhatIsNoListOfObjectsIsRefused()
    {
        var shape = Assert.Throws<ArgumentException>(() => DetectionTargets.Create(zeros(3, 5), 1, CPU));
        var image = Assert.Throws<ArgumentException>(() => DetectionTargets.Create(full([1, 6], 2), 2, CPU));

        Assert.Equal("The targets are 3×5; they must be T×6, or T×7 with confidences. (Parameter 'rows')", shape.Message);
        Assert.Equal("The targets name the images 2 to 2; the batch has 0 to 1. (Parameter 'rows')", image.Message);
    }
}
