using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Blocks;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Students;

/// <summary>A frozen network computes what it did, without BatchNorm of its own where a convolution can do it, and its parameters stay what they were.</summary>
public class FrozenTests
{
    public static TheoryData<string> Classifiers => MixedPrecisionTests.Classifiers;

    public static TheoryData<string> Detectors => MixedPrecisionTests.Detectors;

    [Theory]
    [MemberData(nameof(Classifiers))]
    public void AFrozenClassifierComputesWhatItDid(string name)
    {
        using var scope = NewDisposeScope();
        using var module = Modules.Worn(ImageClassifier.Parse(name), classes: 5);
        module.KeepsPreActivations = name == "resnet8";
        var pixels = Pixels(module.Stages[^1].Stride * 2).requires_grad_();
        var weights = Modules.Weights(module);
        var (before, slope) = Run();

        Frozen.Freeze(module, Precision.Float32);

        var (after, sameSlope) = Run();
        Assert.All(before.Zip(after), maps => Close(maps.First, maps.Second));
        Close(slope, sameSlope);
        Assert.NotEqual(Numbers.Of(before[0]), Numbers.Of(after[0]));
        Assert.Equal(weights, Modules.Weights(module));

        (IReadOnlyList<Tensor> Maps, Tensor Slope) Run()
        {
            var output = module.call(pixels);
            return ([output.Logits!, output.Embedding!, .. output.Features, .. output.PreActivations], autograd.grad([output.Logits!.sum()], [pixels])[0]);
        }
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void AFrozenDetectorComputesWhatItDid(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var module = Modules.Wear(ObjectDetector.Parse(name).CreateModule(Modules.Classes(3), seed: 1, anchors: null));
        var pixels = Pixels(64);
        var before = Run();

        Frozen.Freeze(module, Precision.Float32);

        Assert.All(before.Zip(Run()), maps => Close(maps.First, maps.Second));

        IReadOnlyList<Tensor> Run()
        {
            var output = module.call(pixels);
            return [.. output.Levels.SelectMany(level => level.Tensors), .. output.Neck, .. output.Backbone];
        }
    }

    /// <summary>In bfloat16 a frozen network is nearer to float32 than one that rounds once more ahead of BatchNorm.</summary>
    [Fact]
    public void InBFloat16ItIsNoFurtherFromFloat32()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var module = Modules.Worn(ImageClassifier.Parse("resnet20"), classes: 5);
        var pixels = Pixels(32);
        var exact = module.call(pixels).Logits!;
        var rounded = PixelTensor.ForNetwork(pixels, Precision.BFloat16);
        var before = module.call(rounded).Logits!;

        Frozen.Freeze(module, Precision.BFloat16);

        var after = module.call(rounded).Logits!;
        Assert.InRange(Distance(after), 1e-6, Distance(before) * 1.5);

        double Distance(Tensor logits) => ((logits - exact).norm() / exact.norm()).item<float>();
    }

    /// <summary>Only a BatchNorm that reads a sum is left: ahead of a Wide ResNet's blocks, and after the last.</summary>
    [Theory]
    [InlineData("resnet8", 0)]
    [InlineData("vgg8", 0)]
    [InlineData("resnet18", 0)]
    [InlineData("mobilenet_v3_small", 0)]
    [InlineData("wrn_16_1", 7)]
    public void NoOtherBatchNormIsLeft(string name, int left)
    {
        using var module = ImageClassifier.Parse(name).CreateModule(Modules.Classes(4), seed: 1);

        Frozen.Freeze(module, Precision.Float32);

        Assert.Equal(left, module.modules().Distinct().OfType<BatchNorm>().Count(Computes));

        static bool Computes(BatchNorm norm)
        {
            using var input = ones(1, norm.get_parameter("weight").numel(), 1, 1);
            using var output = norm.call(input);
            return !ReferenceEquals(input, output);
        }
    }

    private static Tensor Pixels(int side) => tensor(Numbers.Gaussian(2 * 3 * side * side, seed: 3), [2, 3, side, side]);

    private static void Close(Tensor expected, Tensor actual) => Assert.InRange(((expected - actual).norm() / expected.norm()).item<float>(), 0, 1e-4f);
}
