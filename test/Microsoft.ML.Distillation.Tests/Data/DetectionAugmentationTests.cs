using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Tests.Data;

public class DetectionAugmentationTests
{
    [Fact]
    public void TheDefaultsAreYolov5s()
    {
        var defaults = new DetectionAugmentation();

        Assert.Equal((.5, 0, .5, .1), (defaults.HorizontalFlip, defaults.VerticalFlip, defaults.Scale, defaults.Translation));
        Assert.Equal((.015, .7, .4), (defaults.Hue, defaults.Saturation, defaults.Brightness));
        Assert.Equal((1, 10), (defaults.Mosaic, defaults.EpochsWithoutMosaic));
        Validate(defaults);
    }

    [Fact]
    public void NoneChangesNothing()
    {
        Assert.True(DetectionAugmentation.None.MovesNothing);
        Assert.False(DetectionAugmentation.None.ChangesColours);
        Validate(DetectionAugmentation.None);
    }

    [Fact]
    public void AllFaultsAreReportedTogether()
    {
        var wrong = new DetectionAugmentation
        {
            HorizontalFlip = -1,
            VerticalFlip = 2,
            Scale = 1,
            Translation = 2,
            Hue = double.NaN,
            Saturation = -.1,
            Brightness = 1.5,
            Mosaic = double.PositiveInfinity,
            EpochsWithoutMosaic = -1,
        };

        Assert.Equal(
            string.Join(Environment.NewLine, [
                "Options: 9 faults.",
                "  - Augmentation.HorizontalFlip is -1; it must be 0 to 1.",
                "  - Augmentation.VerticalFlip is 2; it must be 0 to 1.",
                "  - Augmentation.Translation is 2; it must be 0 to 1.",
                "  - Augmentation.Hue is NaN; it must be 0 to 1.",
                "  - Augmentation.Saturation is -0.1; it must be 0 to 1.",
                "  - Augmentation.Brightness is 1.5; it must be 0 to 1.",
                "  - Augmentation.Mosaic is Infinity; it must be 0 to 1.",
                "  - Augmentation.Scale is 1; it must be 0 or more, and below 1.",
                "  - Augmentation.EpochsWithoutMosaic is -1; it must be 0 or more epochs. (Parameter 'options')",
            ]),
            Assert.Throws<ArgumentException>(() => Validate(wrong)).Message);
    }

    [Fact]
    public void ItSaysWhatItDoes()
    {
        Assert.Equal(
            "flip 0.5, scale 0.5, translation 0.1, hue 0.015, saturation 0.7, brightness 0.4, mosaic 1 but not in the last 10 epochs", new DetectionAugmentation().ToString());
        Assert.Equal("flip 0, scale 0, translation 0, hue 0, saturation 0, brightness 0, mosaic 0", DetectionAugmentation.None.ToString());
    }

    [Fact]
    public void UpsideDownIsToldWhereItIsOn() => Assert.StartsWith("flip 0.5 and 0.25 upside down, scale 0.5,", new DetectionAugmentation { VerticalFlip = .25 }.ToString(), StringComparison.Ordinal);

    private static void Validate(DetectionAugmentation augmentation)
    {
        var faults = new Faults("Options");
        augmentation.Validate(faults);
        faults.ThrowIfAny("options");
    }
}
