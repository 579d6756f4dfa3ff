using Microsoft.ML.Distillation.Teachers;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public class TeacherCachePlanTests
{
    private const TeacherParts Wanted = TeacherParts.Logits | TeacherParts.Features;
    private static readonly TeacherCacheOptions Options = new();
    private static readonly ImageAugmentation Flip = new() { CropPadding = 0 }, Crop = new();

    [Fact]
    public void ItIsOnByItselfWhereViewsComeBack()
    {
        Assert.Equal((true, "on, images as they are"), Plan(Options, ImageAugmentation.None, Wanted, 2));
        Assert.Equal((true, "on, images and their mirror images"), Plan(Options, Flip, Wanted, 2));
        Assert.Equal((true, "on, 3 views of each image"), Plan(new() { Views = 3 }, Crop, Wanted, 4));
        Assert.Equal((true, "on, images and their mirror images"), Plan(new() { Views = 3 }, Flip, Wanted, 2));
    }

    [Fact]
    public void ItSaysWhyItIsOff()
    {
        Assert.Equal((false, "off: it is switched off"), Plan(null, Flip, Wanted, 9));
        Assert.Equal((false, "off: nothing is learned from a teacher"), Plan(Options, Flip, TeacherParts.None, 9));
        Assert.Equal((false, "off: a method needs gradients of the teacher"), Plan(Options, Flip, Wanted | TeacherParts.Gradients, 9));
        Assert.Equal("off: the teacher scored every image beforehand", TeacherCachePlan.Make(Options, Flip, Wanted, 9, scoredBeforehand: true).State);
        Assert.Equal((false, "off: Mixup and CutMix make new images of every batch"), Plan(new() { Views = 3 }, new() { Mixup = 1 }, Wanted, 9));
        Assert.Equal((false, "off: Mixup and CutMix make new images of every batch"), Plan(Options, new() { CropPadding = 0, CutMix = .5 }, Wanted, 9));
        Assert.Equal((false, "off: crop and cutout make new views in every epoch; TeacherCache.Views replays a fixed number of them"), Plan(Options, Crop, Wanted, 9));
        Assert.Equal((false, "off: no view comes back within the run (Epochs is 1)"), Plan(Options, Flip, Wanted, 1));
        Assert.Equal((false, "off: no view comes back within the run (Epochs is 3)"), Plan(new() { Views = 3 }, Crop, Wanted, 3));
    }

    [Fact]
    public void ViewsAreReplayedOnlyForATeacherWhoseAnswersAreKept()
    {
        var views = new TeacherCacheOptions { Views = 2 };

        Assert.Equal(2, TeacherCachePlan.Make(views, Crop, Wanted, 9).Views.Replayed);
        Assert.Null(TeacherCachePlan.Make(views, Crop, TeacherParts.None, 9).Views.Replayed);
        Assert.Null(TeacherCachePlan.Make(views, Crop, Wanted | TeacherParts.Gradients, 9).Views.Replayed);
        Assert.Null(TeacherCachePlan.Make(views, new() { Mixup = 1 }, Wanted, 9).Views.Replayed);
    }

    private static (bool, string) Plan(TeacherCacheOptions? options, ImageAugmentation augmentation, TeacherParts parts, int epochs)
    {
        var plan = TeacherCachePlan.Make(options, augmentation, parts, epochs);
        return (plan.On, plan.State);
    }
}
