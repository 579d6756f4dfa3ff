using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Tests.Methods;

namespace Microsoft.ML.Distillation.Tests.Data;

public class ImageAugmentationTests
{
    [Fact]
    public void MethodsThatNeedOneLabelAreRefused()
    {
        var options = new ImageClassificationDistillationOptions
        {
            Methods = { new ClassWiseSelfDistillation(), new Probe("Probe", BatchParts.None) },
            Augmentation = new() { CutMix = 1 },
        };

        Assert.Equal(
            "Options of DistillImageClassification: ClassWiseSelfDistillation needs images of one label, and Augmentation mixes images of two: "
            + "set Augmentation.Mixup and Augmentation.CutMix to 0, or remove the method. (Parameter 'options')",
            Assert.Throws<ArgumentException>(options.Validate).Message);
    }

    [Fact]
    public void ViewsThatAreAllEqualAreAFault()
    {
        foreach (var changes in new ImageAugmentation[] { new(), Only(flip: true), Only(crop: 1), Only(cutout: 1) })
            new ImageClassificationDistillationOptions { Methods = { new DataDistortion() }, Augmentation = changes }.Validate();

        Assert.Equal(
            "Options of DistillImageClassification: DataDistortion compares two views of every image, and Augmentation changes none, so that both are equal: "
            + "switch on Augmentation.HorizontalFlip, CropPadding or CutoutSize, or remove the method. (Parameter 'options')",
            Assert.Throws<ArgumentException>(new ImageClassificationDistillationOptions { Methods = { new DataDistortion() }, Augmentation = ImageAugmentation.None }.Validate).Message);
        new ImageClassificationDistillationOptions { Methods = { new ClassWiseSelfDistillation() }, Augmentation = ImageAugmentation.None }.Validate();
    }

    [Theory]
    [InlineData(-1, 0, "Augmentation.Mixup is -1; it must be 0 or more.")]
    [InlineData(double.NaN, 0, "Augmentation.Mixup is NaN; it must be 0 or more.")]
    [InlineData(0, double.PositiveInfinity, "Augmentation.CutMix is Infinity; it must be 0 or more.")]
    public void OptionsOutOfRangeAreFaults(double mixup, double cutMix, string fault)
    {
        var faults = new Faults("x");

        new ImageAugmentation { Mixup = mixup, CutMix = cutMix }.Validate(faults);

        Assert.Equal($"x: {fault} (Parameter 'p')", Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("p")).Message);
    }

    private static ImageAugmentation Only(bool flip = false, int crop = 0, int cutout = 0) => new() { HorizontalFlip = flip, CropPadding = crop, CutoutSize = cutout };

    [Fact]
    public void TheDescriptionNamesWhatIsOn() => Assert.Equal(
        "flip True, crop padding 4, cutout 0, Mixup 0.2, CutMix 1", new ImageAugmentation { Mixup = .2, CutMix = 1 }.ToString());
}
