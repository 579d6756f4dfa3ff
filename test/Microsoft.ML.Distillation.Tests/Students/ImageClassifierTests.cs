using Microsoft.ML.Distillation.Students;
using TorchSharp;

namespace Microsoft.ML.Distillation.Tests.Students;

public class ImageClassifierTests
{
    [Theory]
    [InlineData("resnet8x4", 100, 1_233_540)]
    [InlineData("resnet32x4", 100, 7_433_860)]
    [InlineData("resnet20", 100, 278_324)]
    [InlineData("resnet110", 100, 1_736_564)]
    [InlineData("resnet20", 10, 272_474)]
    [InlineData("resnet8", 10, 78_042)]
    public void SizesAreThoseOfThePublishedNetworks(string name, int classes, long parameters)
    {
        using var module = ImageClassifier.Parse(name).CreateModule(Modules.Classes(classes), seed: 1);

        Assert.Equal(parameters, module.CountParameters());
    }

    [Theory]
    [InlineData("resnet8", 8, 16, 16, 32, 64)]
    [InlineData("resnet14", 14, 16, 16, 32, 64)]
    [InlineData("resnet20", 20, 16, 16, 32, 64)]
    [InlineData("resnet32", 32, 16, 16, 32, 64)]
    [InlineData("resnet44", 44, 16, 16, 32, 64)]
    [InlineData("resnet56", 56, 16, 16, 32, 64)]
    [InlineData("resnet110", 110, 16, 16, 32, 64)]
    [InlineData("resnet8x4", 8, 32, 64, 128, 256)]
    [InlineData("resnet32x4", 32, 32, 64, 128, 256)]
    public void SizesFollowFromTheDefinition(string name, int depth, int stem, int first, int second, int third)
    {
        const int Classes = 10;
        using var module = ImageClassifier.Parse(name).CreateModule(Modules.Classes(Classes), seed: 1);

        var expected = Convolution(3, stem, 3) + Group(stem, first, 1, depth) + Group(first, second, 2, depth) + Group(second, third, 2, depth) + third * Classes + Classes;

        Assert.Equal(expected, module.CountParameters());
        Assert.Equal(Classes, module.ClassCount);
        Assert.Equal([stem, first, second, third], module.Stages.Select(s => s.Channels));
    }

    [Fact]
    public void TheTableOfSizesCoversAllArchitectures() =>
        Assert.Equal(["resnet8", "resnet14", "resnet20", "resnet32", "resnet44", "resnet56", "resnet110", "resnet8x4", "resnet32x4"], ImageClassifier.All.Select(a => a.Name));

    [Fact]
    public void NamesAreFoundInAnyCase()
    {
        Assert.Same(ImageClassifier.ResNet8x4, ImageClassifier.Parse("ResNet8x4"));
        Assert.All(ImageClassifier.All, a => Assert.Same(a, ImageClassifier.Parse(a.ToString())));
    }

    [Fact]
    public void UnknownNamesAreAnsweredWithTheKnownOnes() => Assert.Equal(
        "Student 'resnet21' is not known. Choose one of: resnet8, resnet14, resnet20, resnet32, resnet44, resnet56, resnet110, resnet8x4, resnet32x4. (Parameter 'name')",
        Assert.Throws<ArgumentException>(() => ImageClassifier.Parse("resnet21")).Message);

    [Fact]
    public void WithoutAFileImagesAre32Square() => Assert.Equal(new ImageSize(32, 32), ImageClassifier.ResNet20.DefaultImageSize);

    [Fact]
    public void InitialWeightsAreAFunctionOfTheSeedAlone()
    {
        torch.manual_seed(1);
        using var first = ImageClassifier.ResNet8.CreateModule(Modules.Classes(3), seed: 5);
        torch.manual_seed(2);
        using var second = ImageClassifier.ResNet8.CreateModule(Modules.Classes(3), seed: 5);
        using var other = ImageClassifier.ResNet8.CreateModule(Modules.Classes(3), seed: 6);

        Assert.Equal(Modules.Weights(first), Modules.Weights(second));
        Assert.NotEqual(Modules.Weights(first)["layer1.0.conv1.weight"], Modules.Weights(other)["layer1.0.conv1.weight"]);
    }

    /// <summary>Weights of a convolution without bias and of the BatchNorm after it.</summary>
    private static int Convolution(int inputs, int outputs, int kernel) => inputs * outputs * kernel * kernel + 2 * outputs;

    private static int Group(int inputs, int outputs, int stride, int depth)
    {
        var shortcut = stride > 1 || inputs != outputs ? Convolution(inputs, outputs, 1) : 0;
        var further = (depth - 2) / 6 - 1;
        return Convolution(inputs, outputs, 3) + Convolution(outputs, outputs, 3) + shortcut + further * 2 * Convolution(outputs, outputs, 3);
    }
}
