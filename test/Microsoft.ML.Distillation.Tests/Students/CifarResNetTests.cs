using Microsoft.ML.Distillation.Students;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Students;

public class CifarResNetTests
{
    // Sums in another order: a few rounding errors of float32 (6e-8) for each of some tens of layers.
    private const double Tolerance = 1e-5;

    public static TheoryData<int> Goldens => [.. Enumerable.Range(0, CifarResNetGolden.All.Length)];

    [Theory]
    [MemberData(nameof(Goldens))]
    public void WeightsHavePyTorchsNamesAndShapes(int index)
    {
        var golden = CifarResNetGolden.All[index];
        using var module = new CifarResNet(golden.Depth, golden.Widths, golden.Classes);

        Assert.Equal(
            golden.State.ToDictionary(w => w.Name, w => string.Join('×', w.Shape)),
            module.state_dict().ToDictionary(w => w.Key, w => string.Join('×', w.Value.shape)));
    }

    [Theory]
    [MemberData(nameof(Goldens))]
    public void InEvaluationItComputesWhatPyTorchComputes(int index)
    {
        using var scope = NewDisposeScope();
        var golden = CifarResNetGolden.All[index];
        using var module = golden.CreateModule();
        module.eval();

        var output = module.call(tensor(golden.Image, golden.Shape));

        Numbers.Close(golden.Logits.Doubles(), Numbers.Of(output.Logits!), Tolerance);
        Numbers.Close(golden.Embedding.Doubles(), Numbers.Of(output.Embedding!), Tolerance);
        Numbers.Close(golden.FeatureSums, output.Features.Select(f => Numbers.Of(f).Sum()), Tolerance);
    }

    [Theory]
    [MemberData(nameof(Goldens))]
    public void InTrainingItComputesAndRemembersWhatPyTorchDoes(int index)
    {
        using var scope = NewDisposeScope();
        var golden = CifarResNetGolden.All[index];
        using var module = golden.CreateModule();
        module.train();

        var logits = module.call(tensor(golden.Image, golden.Shape)).Logits!;
        (logits * tensor(golden.Probe, logits.shape)).sum().backward();

        Numbers.Close(golden.TrainingLogits.Doubles(), Numbers.Of(logits), Tolerance);
        Numbers.Close(golden.Gradient.Doubles(), Numbers.Of(module.parameters().First().grad!), 10 * Tolerance);
        Numbers.Close(golden.RunningMean.Doubles(), Numbers.Of(module.state_dict()["bn1.running_mean"]), Tolerance);
        Numbers.Close(golden.RunningVariance.Doubles(), Numbers.Of(module.state_dict()["bn1.running_var"]), Tolerance);
    }

    [Theory]
    [InlineData("resnet8", 32, 32)]
    [InlineData("resnet8", 47, 33)]
    [InlineData("resnet8", 64, 64)]
    [InlineData("resnet14", 9, 8)]
    [InlineData("resnet8x4", 33, 47)]
    public void StagesDeclareTheShapesOfTheFeatureMaps(string name, int width, int height)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var module = ImageClassifier.Parse(name).CreateModule(Modules.Classes(4), seed: 1);

        var output = module.call(zeros(2, 3, height, width));

        Assert.Equal(["conv1", "layer1", "layer2", "layer3"], module.Stages.Select(s => s.Name));
        Assert.Equal(
            module.Stages.Select(s => $"2×{s.Channels}×{(height + s.Stride - 1) / s.Stride}×{(width + s.Stride - 1) / s.Stride}"),
            output.Features.Select(f => string.Join('×', f.shape)));
        Assert.Equal([2, module.EmbeddingSize], output.Embedding!.shape);
        Assert.Equal([2, 4], output.Logits!.shape);
    }

    [Fact]
    public void TheEmbeddingIsTheLastMapAveragedOverSpace()
    {
        using var scope = NewDisposeScope();
        using var module = Modules.Worn(ImageClassifier.ResNet8, 3);

        var output = module.call(tensor(Numbers.Gaussian(2 * 3 * 12 * 10, seed: 3), [2, 3, 10, 12]));

        var area = output.Features[^1].shape[2] * output.Features[^1].shape[3];
        Numbers.Close(Numbers.Of(output.Features[^1]).Chunk((int)area).Select(map => map.Average()), Numbers.Of(output.Embedding!), 1e-6);
    }

    [Fact]
    public void FeaturesAreToBeHadBeforeTheirActivation()
    {
        using var scope = NewDisposeScope();
        using var module = Modules.Worn(ImageClassifier.ResNet14, 3);
        var images = tensor(Numbers.Gaussian(2 * 3 * 12 * 12, seed: 4), [2, 3, 12, 12]);
        var plain = module.call(images);

        module.KeepsPreActivations = true;
        var output = module.call(images);

        Assert.Empty(plain.PreActivations);
        Assert.Equal(plain.Features.Select(Numbers.Floats), output.Features.Select(Numbers.Floats));
        Assert.Equal(output.Features.Select(Numbers.Floats), output.PreActivations.Select(map => Numbers.Floats(map.relu())));
        Assert.All(output.PreActivations, map => Assert.True(map.min().item<float>() < 0));
    }
}
