namespace Microsoft.ML.Distillation.Tests.Data;

public class ImageNormalizationTests
{
    [Fact]
    public void ThePresetsAreThePublishedOnes()
    {
        Assert.Equal(["ImageNet", "Cifar10", "ZeroToOne", "MinusOneToOne", "Raw"], ImageNormalization.Presets.Select(p => p.Name));
        Assert.Equal([.485f, .456f, .406f], ImageNormalization.ImageNet.Mean);
        Assert.Equal([.229f, .224f, .225f], ImageNormalization.ImageNet.Deviation);
    }

    [Theory]
    [InlineData("ZeroToOne", 0, 1)]
    [InlineData("MinusOneToOne", -1, 1)]
    [InlineData("Raw", 0, 255)]
    public void RangesAreAsNamed(string name, float black, float white)
    {
        var preset = ImageNormalization.Presets.Single(p => p.Name == name);

        Assert.Equal(black, (0 - preset.Mean[0]) / preset.Deviation[0]);
        Assert.Equal(white, (1 - preset.Mean[2]) / preset.Deviation[2], 1e-4);
    }

    [Fact]
    public void OnesOwnIsACopy()
    {
        float[] mean = [.1f, .2f, .3f];
        var normalization = ImageNormalization.Custom(mean, [1, 2, 3]);
        mean[0] = 9;

        Assert.Equal([.1f, .2f, .3f], normalization.Mean);
        Assert.Equal("mean 0.1 0.2 0.3, deviation 1 2 3", normalization.ToString());
        Assert.Equal("ImageNet", ImageNormalization.ImageNet.ToString());
    }

    [Fact]
    public void AllFaultsAreToldTogether() => Assert.Equal(
        string.Join(
            Environment.NewLine,
            "Image normalisation: 4 faults.",
            "  - mean has 2 values; give 3, for red, green and blue.",
            "  - deviation has 4 values; give 3, for red, green and blue.",
            "  - mean is [0, NaN]; every value must be finite.",
            "  - deviation is [1, 0, 1, 1]; every value must be above 0. (Parameter 'mean')"),
        Assert.Throws<ArgumentException>(() => ImageNormalization.Custom([0, float.NaN], [1, 0, 1, 1])).Message);
}
