using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Tests.Data;

public class ViewPlanTests
{
    private static readonly ImageAugmentation Flip = new() { CropPadding = 0 }, Crop = new() { HorizontalFlip = false }, Cutout = new() { CropPadding = 0, CutoutSize = 2 };

    [Fact]
    public void ImagesAsTheyAreAreOneView()
    {
        var plan = new ViewPlan(ImageAugmentation.None);

        Assert.Equal((1, 1, 0, 7), (plan.Count, plan.Return, plan.Number(5, false), plan.Drawn(7)));
    }

    [Fact]
    public void AMirrorImageIsASecond()
    {
        var plan = new ViewPlan(Flip);

        Assert.Equal((2, 1, 0, 1), (plan.Count, plan.Return, plan.Number(5, false), plan.Number(5, true)));
    }

    [Fact]
    public void CropsAndCutoutsNeverComeBack()
    {
        foreach (var plan in new[] { new ViewPlan(Crop), new ViewPlan(Cutout), new ViewPlan(new ImageAugmentation()) })
            Assert.Equal((0, null, ViewPlan.Unique, 9), (plan.Count, plan.Return, plan.Number(5, true), plan.Drawn(9)));
    }

    [Fact]
    public void ReplayedOnesDo()
    {
        var plan = new ViewPlan(Crop, Replayed: 3);

        Assert.Equal((3, 3), (plan.Count, plan.Return));
        Assert.Equal([0, 1, 2, 0, 1, 2, 0], Enumerable.Range(0, 7).Select(e => plan.Number(e, e % 2 == 0)));
        Assert.Equal([0, 1, 2, 0, 1, 2, 0], Enumerable.Range(0, 7).Select(plan.Drawn));
    }

    [Fact]
    public void ReplayedFlipsAreStillTwoViews()
    {
        var plan = new ViewPlan(Flip, Replayed: 5);

        Assert.Equal((2, 1, 1, 2), (plan.Count, plan.Return, plan.Number(4, true), plan.Drawn(7)));
    }
}
