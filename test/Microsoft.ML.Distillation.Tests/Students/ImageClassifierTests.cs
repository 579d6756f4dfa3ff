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

    /// <summary>As published: by RepDistiller's networks at CIFAR-100's classes, by torchvision and TensorFlow at ImageNet's.</summary>
    [Theory]
    [InlineData("resnet50_cifar", 100, 23_705_252)]
    [InlineData("wrn_16_1", 100, 180_916)] // no number published that could be found; the sizes of its three siblings follow from the same definition
    [InlineData("wrn_16_2", 100, 703_284)]
    [InlineData("wrn_40_1", 100, 569_780)]
    [InlineData("wrn_40_2", 100, 2_255_156)]
    [InlineData("vgg8", 100, 3_965_028)]
    [InlineData("vgg13", 100, 9_462_180)]
    [InlineData("mobilenet_v2_cifar", 100, 812_836)]
    [InlineData("shufflenet_v1_cifar", 100, 949_258)]
    [InlineData("shufflenet_v2_cifar", 100, 1_355_528)]
    [InlineData("resnet18", 1000, 11_689_512)]
    [InlineData("resnet34", 1000, 21_797_672)]
    [InlineData("resnet50", 1000, 25_557_032)]
    [InlineData("mobilenet_v2", 1000, 3_504_872)]
    [InlineData("mobilenet_v3_small", 1000, 2_542_856)]
    [InlineData("mobilenet_v3_large", 1000, 5_483_032)]
    [InlineData("efficientnet_lite0", 1000, 4_652_008)]
    public void SizesAreThePublishedOnesAndPyTorchs(string name, int classes, long parameters)
    {
        var counts = StudentGolden.Of(name).Parameters;

        Assert.Equal(parameters, counts[classes]);
        Assert.All(counts, count =>
        {
            using var module = ImageClassifier.Parse(name).CreateBlank(count.Key);
            Assert.Equal(count.Value, module.CountParameters());
        });
    }

    [Theory]
    [InlineData("resnet50_cifar", "stem 64/1, layer1 256/1, layer2 512/2, layer3 1024/4, layer4 2048/8", 2048)]
    [InlineData("wrn_16_1", "conv1 16/1, layer1 16/1, layer2 32/2, layer3 64/4", 64)]
    [InlineData("wrn_40_2", "conv1 16/1, layer1 32/1, layer2 64/2, layer3 128/4", 128)]
    [InlineData("vgg8", "block0 64/1, block1 128/2, block2 256/4, block3 512/8, block4 512/8", 512)]
    [InlineData("mobilenet_v2_cifar", "stage1 16/2, stage2 12/2, stage3 16/4, stage4 48/8, stage5 160/16", 1280)]
    [InlineData("shufflenet_v1_cifar", "stem 24/1, layer1 240/2, layer2 480/4, layer3 960/8", 960)]
    [InlineData("shufflenet_v2_cifar", "stem 24/1, layer1 116/2, layer2 232/4, layer3 464/8", 1024)]
    [InlineData("resnet18", "stem 64/2, layer1 64/4, layer2 128/8, layer3 256/16, layer4 512/32", 512)]
    [InlineData("resnet50", "stem 64/2, layer1 256/4, layer2 512/8, layer3 1024/16, layer4 2048/32", 2048)]
    [InlineData("mobilenet_v2", "stage1 16/2, stage2 24/4, stage3 32/8, stage4 96/16, stage5 320/32", 1280)]
    [InlineData("mobilenet_v3_small", "stage1 16/2, stage2 16/4, stage3 24/8, stage4 48/16, stage5 96/32", 1024)]
    [InlineData("mobilenet_v3_large", "stage1 16/2, stage2 24/4, stage3 40/8, stage4 112/16, stage5 160/32", 1280)]
    [InlineData("efficientnet_lite0", "stage1 16/2, stage2 24/4, stage3 40/8, stage4 112/16, stage5 320/32", 1280)]
    public void StagesAreTheDocumentedOnes(string name, string stages, int embedding)
    {
        using var module = ImageClassifier.Parse(name).CreateBlank(2);

        Assert.Equal(stages, string.Join(", ", module.Stages.Select(s => $"{s.Name} {s.Channels}/{s.Stride}")));
        Assert.Equal(embedding, module.EmbeddingSize);
    }

    [Fact]
    public void AllArchitecturesAreListed() => Assert.Equal(
        "resnet8, resnet14, resnet20, resnet32, resnet44, resnet56, resnet110, resnet8x4, resnet32x4, resnet50_cifar, wrn_16_1, wrn_16_2, wrn_40_1, wrn_40_2, vgg8, vgg13, "
        + "mobilenet_v2_cifar, shufflenet_v1_cifar, shufflenet_v2_cifar, resnet18, resnet34, resnet50, mobilenet_v2, mobilenet_v3_small, mobilenet_v3_large, efficientnet_lite0",
        string.Join(", ", ImageClassifier.All.Select(a => a.Name)));

    [Fact]
    public void NamesAreFoundInAnyCase()
    {
        Assert.Same(ImageClassifier.ResNet8x4, ImageClassifier.Parse("ResNet8x4"));
        Assert.All(ImageClassifier.All, a => Assert.Same(a, ImageClassifier.Parse(a.ToString())));
    }

    [Fact]
    public void UnknownNamesAreAnsweredWithTheKnownOnes() => Assert.Equal(
        $"Student 'resnet21' is not known. Choose one of: {string.Join(", ", ImageClassifier.All.Select(a => a.Name))}. (Parameter 'name')",
        Assert.Throws<ArgumentException>(() => ImageClassifier.Parse("resnet21")).Message);

    [Fact]
    public void WithoutAFileImagesAre32SquareOr224()
    {
        string[] photographs = ["resnet18", "resnet34", "resnet50", "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "efficientnet_lite0"];

        Assert.Equal(photographs, ImageClassifier.All.Where(a => a.DefaultImageSize == new ImageSize(224, 224)).Select(a => a.Name));
        Assert.All(ImageClassifier.All.Where(a => !photographs.Contains(a.Name)), a => Assert.Equal(new ImageSize(32, 32), a.DefaultImageSize));
    }

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
