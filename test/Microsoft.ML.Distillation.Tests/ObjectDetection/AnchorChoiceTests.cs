using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class AnchorChoiceTests
{
    private static readonly AnchorSet Other = new([8, 16, 32], [[[4, 4], [5, 9]], [[9, 5], [12, 12]], [[20, 30], [30, 20]]]);

    [Fact]
    public void FittedAnchorsServeTheBoxesBetterAndGrowFromLevelToLevel()
    {
        var (small, own) = (Boxes(i => (3 + i % 9, 4 + i % 7)), AnchorSet.YoloV5);

        var found = AnchorChoice.Fit(small, own, AnchorFit.UsualRatio, seed: 1);

        Assert.Equal((own.Strides, 3), (found.Strides, found.PerCell));
        var areas = found.Sizes.SelectMany(level => level).Select(size => size[0] * size[1]).ToList();
        Assert.Equal(areas.Order(), areas);
        Assert.All(areas, area => Assert.InRange(area, 4, 300));
    }

    // No search can do better than the very sizes of the boxes.
    [Fact]
    public void AnchorsThatFitAreKept()
    {
        var sizes = AnchorSet.YoloV5.Sizes.SelectMany(level => level).ToArray();

        Assert.Same(AnchorSet.YoloV5, AnchorChoice.Fit(Boxes(i => ((int)sizes[i % 9][0], (int)sizes[i % 9][1])), AnchorSet.YoloV5, AnchorFit.UsualRatio, seed: 1));
    }

    [Fact]
    public void TheRatioIsTheLosss()
    {
        var boxes = Boxes(i => (3 + i % 9, 4 + i % 7));

        Assert.NotEqual(
            AnchorChoice.Fit(boxes, AnchorSet.YoloV5, 4, seed: 1).Sizes.SelectMany(level => level).SelectMany(size => size),
            AnchorChoice.Fit(boxes, AnchorSet.YoloV5, 1.05, seed: 1).Sizes.SelectMany(level => level).SelectMany(size => size));
    }

    [Fact]
    public void BoxesTooSmallToSeeLeaveTheAnchors()
    {
        Assert.Same(AnchorSet.YoloV5, AnchorChoice.Fit(Boxes(_ => (1, 1)), AnchorSet.YoloV5, AnchorFit.UsualRatio, seed: 1));
        Assert.False(AnchorChoice.CanFit(Boxes(_ => (1, 1))));
        Assert.True(AnchorChoice.CanFit(Boxes(i => i == 7 ? (1, 2) : (1, 1))));
    }

    // YOLOv5's narrowest anchor is 10×13: 5 times as wide as 2×30, and 5×9, not a third as high.
    [Fact]
    public void TheBestPossibleRecallIsTheShareOfBoxesThatAnAnchorServes()
    {
        var boxes = Boxes(i => i % 2 == 0 ? (2, 30) : (20, 25));

        Assert.Equal(new AnchorFigures { OwnBestPossibleRecall = .5, BestPossibleRecall = 1 }, AnchorChoice.Figures(boxes, AnchorSet.YoloV5, Other, ratio: 4));
        Assert.Equal(new AnchorFigures { OwnBestPossibleRecall = 1, BestPossibleRecall = 1 }, AnchorChoice.Figures(boxes, AnchorSet.YoloV5, AnchorSet.YoloV5, ratio: 6));
    }

    [Fact]
    public void TheTeachersAreTakenWhereTheyMustBe()
    {
        DetectionMethod[] output = [new FocalGlobalDistillation { Inherit = false }, new YoloOutputDistillation()];
        DetectionMethod[] inherits = [new FocalGlobalDistillation()];
        DetectionMethod[] free = [new FocalGlobalDistillation { Inherit = false }, new YoloFeatureDistillation()];

        Assert.Same(Other, AnchorChoice.OfTeacher(ObjectDetector.YoloV5n, Other, true, output));
        Assert.Same(Other, AnchorChoice.OfTeacher(ObjectDetector.YoloV5n, Other, true, inherits));
        Assert.Null(AnchorChoice.OfTeacher(ObjectDetector.YoloV5n, Other, true, free));
        Assert.Null(AnchorChoice.OfTeacher(ObjectDetector.YoloV5n, null, true, output));
        Assert.Null(AnchorChoice.OfTeacher(ObjectDetector.RetinaNetResNet18, Other, true, output));
        Assert.Null(AnchorChoice.OfTeacher(ObjectDetector.YoloV5n, new AnchorSet([16], [[[4, 4]]]), true, output));
        // Weights that are not to be had, such as an ONNX file's, can't be inherited.
        Assert.Same(Other, AnchorChoice.OfTeacher(ObjectDetector.YoloV5n, Other, false, output));
        Assert.Null(AnchorChoice.OfTeacher(ObjectDetector.YoloV5n, Other, false, inherits));
    }

    private static BoxStore Boxes(Func<int, (int Width, int Height)> size)
    {
        var store = new BoxStore();
        for (var row = 0; row < 90; row++)
        {
            var (width, height) = size(row);
            store.Add(Letterbox.Of(640, 640, 640, 640), [0], [10, 20, 10 + width, 20 + height]);
        }
        return store;
    }
}
