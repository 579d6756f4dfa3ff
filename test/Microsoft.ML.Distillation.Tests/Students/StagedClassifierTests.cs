using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Students;

/// <summary>Every architecture that is stages one after another.</summary>
public class StagedClassifierTests
{
    // Both sides compute in float64: a few rounding errors (1e-16) for each of some hundred layers, and cancellation in sums over thousands of values.
    private const double Exact = 1e-9;

    // libtorch's hard swish and hard sigmoid hold 1/6 as a float32 whatever they compute in: off by 5e-9, in each of some twenty layers.
    private const double HardSwish = 1e-6;

    // Float32 in another order: some rounding errors (6e-8) for each of some hundred layers.
    private const double Single = 1e-4;

    public static TheoryData<string> Names => [.. StudentGolden.All.Select(g => g.Name)];

    public static TheoryData<string, string> LastActivations => new()
    {
        // A letter a stage: Relu, Hard swish, Nothing.
        { "wrn_16_1", "NNNN" },
        { "vgg8", "RRRRR" },
        { "mobilenet_v2_cifar", "RNNNN" },
        { "shufflenet_v1_cifar", "RRRR" },
        { "shufflenet_v2_cifar", "RRRR" },
        { "resnet18", "RRRRR" },
        { "resnet50", "RRRRR" },
        { "mobilenet_v2", "NNNNN" },
        { "mobilenet_v3_small", "HNNNN" },
    };

    [Fact]
    public void AllArchitecturesButTheCifarResNetsHaveAGolden() => Assert.Equal(
        ImageClassifier.All.Select(a => a.Name).Order(StringComparer.Ordinal),
        StudentGolden.All.Select(g => g.Name)
            .Concat(["resnet8", "resnet14", "resnet20", "resnet32", "resnet44", "resnet56", "resnet110", "resnet8x4", "resnet32x4"]).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void ItComputesAndLearnsWhatPyTorchDoes(string name)
    {
        using var scope = NewDisposeScope();
        var golden = StudentGolden.Of(name);
        var tolerance = name.StartsWith("mobilenet_v3", StringComparison.Ordinal) ? HardSwish : Exact;
        using var module = StudentGolden.CreateModule(name, type: ScalarType.Float64);
        var image = tensor(StudentGolden.Image(golden.Shape), golden.Shape);

        using (no_grad())
        {
            var output = module.call(image);
            Numbers.Close(golden.Logits, Numbers.Of(output.Logits!), tolerance);
            Numbers.Close(golden.Embedding, Numbers.Of(output.Embedding!.sum(1)), tolerance);
            Assert.Equal(golden.FeatureShapes, output.Features.Select(f => f.shape));
            Numbers.Close(golden.FeatureSums, output.Features.Select(f => f.sum().item<double>()), tolerance);
        }

        module.train();
        var trained = module.call(image).Logits!;
        (trained * tensor(StudentGolden.Uniform("probe", trained.shape), trained.shape)).sum().backward();
        Numbers.Close(golden.TrainingLogits, Numbers.Of(trained), tolerance);
        var gradients = module.named_parameters().ToDictionary(p => p.Item1, p => p.Item2.grad!.norm().item<double>());
        Assert.Equal(golden.Gradients.Keys.Order(StringComparer.Ordinal), gradients.Keys.Order(StringComparer.Ordinal));
        Numbers.Close(golden.Gradients.Values, golden.Gradients.Keys.Select(k => gradients[k]), tolerance);
        // A bias ahead of a BatchNorm is taken out by it: VGG's have no gradient in training.
        Assert.All(gradients.Where(g => !name.StartsWith("vgg", StringComparison.Ordinal) || !g.Key.EndsWith("conv.bias", StringComparison.Ordinal)), g => Assert.True(g.Value > 0, g.Key));
        var statistics = module.named_buffers().ToDictionary(b => b.Item1, b => b.Item2.sum().item<double>());
        Numbers.Close(golden.Statistics.Values, golden.Statistics.Keys.Select(k => statistics[k]), tolerance);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TheExportedFileIsTheModuleAndCanBeReadBackBitForBit(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var module = StudentGolden.CreateModule(name);
        var size = StudentGolden.Of(name).Shape;
        var classes = Modules.Classes(4);
        var imageSize = new ImageSize((int)size[3], (int)size[2]);
        var model = StudentExporter.Standalone(module, new StudentDescription(name, classes, imageSize, imageSize, ImageNormalization.Cifar10, "IsoCrop"));

        using (var again = ImageClassifier.FromOnnx(model).CreateModule(classes, seed: 9))
        {
            var copies = Modules.All(again).ToDictionary(w => w.Name, w => w.Values);
            Assert.All(Modules.All(module), w => Assert.True(Numbers.Floats(w.Values).AsSpan().SequenceEqual(Numbers.Floats(copies[w.Name])), w.Name));
        }

        using var runner = new OnnxRunner(WithAllOutputs(module, size), name, threads: 1);
        foreach (var batch in new[] { 1, 3 })
        {
            long[] shape = [batch, .. size.Skip(1)];
            var image = StudentGolden.Image(shape).Select(v => (float)v).ToArray();
            var expected = module.call(tensor(image, shape));
            var outputs = runner.Run(image, shape);
            foreach (var (wanted, got) in new[] { expected.Logits!, expected.Embedding! }.Concat(expected.Features).Zip(outputs))
            {
                Assert.Equal(wanted.shape, got.Shape);
                Numbers.Close(Numbers.Of(wanted), got.Floats.Doubles(), Single);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void StagesDeclareTheShapesOfTheFeatureMaps(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var module = ImageClassifier.Parse(name).CreateBlank(4);
        module.eval();
        ImageSize[] sizes = ImageClassifier.Parse(name).DefaultImageSize.Width == 32 ? [new(32, 32), new(17, 23)] : [new(64, 64), new(47, 33)];
        foreach (var size in sizes)
        {
            var (output, shape) = (module.call(zeros(2, 3, size.Height, size.Width)), module.Describe(size));

            Assert.Equal(shape.Features.Select(f => $"2×{f.Channels}×{f.Height}×{f.Width}"), output.Features.Select(f => string.Join('×', f.shape)));
            Assert.Equal([2, module.EmbeddingSize], output.Embedding!.shape);
            Assert.Equal([2, 4], output.Logits!.shape);
        }
        var children = module.named_children().Select(c => c.Item1).ToList();
        Assert.Equal(module.Stages.Select(s => s.Name), children.Take(module.Stages.Count));
        Assert.Equal(["head", "fc"], children.Skip(module.Stages.Count));
    }

    [Theory]
    [MemberData(nameof(LastActivations))]
    public void FeaturesAreToBeHadBeforeTheirActivation(string name, string activations)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var module = StudentGolden.CreateModule(name);
        var shape = StudentGolden.Of(name).Shape;
        var image = tensor(StudentGolden.Image(shape), shape).to(ScalarType.Float32);
        var plain = module.call(image);

        module.KeepsPreActivations = true;
        var output = module.call(image);

        Assert.Empty(plain.PreActivations);
        Assert.Equal(plain.Features.Select(Numbers.Floats), output.Features.Select(Numbers.Floats));
        Assert.Equal(activations.Length, output.PreActivations.Count);
        foreach (var ((before, after), letter) in output.PreActivations.Zip(output.Features).Zip(activations))
        {
            Assert.True(before.min().item<float>() < 0);
            Assert.Equal(Numbers.Floats(letter switch { 'R' => before.relu(), 'H' => before.hardswish(), _ => before }), Numbers.Floats(after));
        }
    }

    [Theory]
    [InlineData("shufflenet_v1_cifar")]
    [InlineData("shufflenet_v2_cifar")]
    [InlineData("mobilenet_v3_small")]
    [InlineData("vgg8")]
    public void WhereTheChannelsLieInMemoryChangesNothing(string name)
    {
        using var scope = NewDisposeScope();
        // In float32 a rounding error that carries one value over a ReLU's kink moves the gradient by a per cent; in float64 none comes so near.
        using var module = StudentGolden.CreateModule(name, type: ScalarType.Float64);
        module.train();
        var shape = StudentGolden.Of(name).Shape;
        var image = tensor(StudentGolden.Image(shape), shape);

        var (first, firstGradient) = Step(image);
        var (last, lastGradient) = Step(PixelTensor.ForNetwork(image));

        Numbers.Close(first, last, Exact);
        Numbers.Close(firstGradient, lastGradient, Exact);

        (double[] Logits, double[] Gradient) Step(Tensor pixels)
        {
            module.zero_grad();
            var logits = module.call(pixels).Logits!;
            logits.square().sum().backward();
            return (Numbers.Of(logits), Numbers.Of(module.parameters().First().grad!));
        }
    }

    /// <summary>Outputs in the order logits, embedding, feature maps.</summary>
    private static byte[] WithAllOutputs(ClassifierModule module, long[] size)
    {
        var graph = new OnnxGraphBuilder("student");
        var network = module.WriteOnnx(graph, graph.AddInput("image", OnnxElementType.Float, "N", 3, size[2], size[3]));
        graph.AddOutput("out logits", network.Logits, OnnxElementType.Float, "N", module.ClassCount);
        graph.AddOutput("out embedding", network.Embedding, OnnxElementType.Float, "N", module.EmbeddingSize);
        foreach (var (feature, shape) in network.Features.Zip(module.Describe(new((int)size[3], (int)size[2])).Features))
            graph.AddOutput($"out {shape.Name}", feature, OnnxElementType.Float, "N", shape.Channels, shape.Height, shape.Width);
        return graph.ToBytes();
    }
}
