using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Tests.Students.Detection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Students;

/// <summary>
/// Every architecture's gradient in bfloat16 points where float32's points, and all is float32 wherever losses and the optimiser look. By running statistics: by a batch's own, the gradients of an
/// untrained network are so sensitive that rounding the input alone turns them.
/// </summary>
public class MixedPrecisionTests
{
    public static TheoryData<string> Classifiers =>
    [
        "resnet8", "resnet8x4", "resnet50_cifar", "wrn_16_1", "vgg8", "mobilenet_v2_cifar", "shufflenet_v1_cifar", "shufflenet_v2_cifar", "resnet18", "mobilenet_v2", "mobilenet_v3_small",
        "efficientnet_lite0",
    ];

    public static TheoryData<string> Detectors => ["yolov5n", "retinanet_resnet18_w32"];

    [Theory]
    [MemberData(nameof(Classifiers))]
    public void AClassifiersStepIsFloat32sButForRounding(string name)
    {
        using var scope = NewDisposeScope();
        using var module = ImageClassifier.Parse(name).CreateModule(Modules.Classes(5), seed: 1);
        module.KeepsPreActivations = name == "resnet8";
        module.eval();
        var pixels = Pixels(module.Stages[^1].Stride * 2);
        var labels = tensor(Enumerable.Range(0, 8).Select(i => i % 5L).ToArray());

        var (exact, exactGradient) = Step(Precision.Float32);
        var (output, gradient) = Step(Precision.BFloat16);

        Assert.All(new[] { output.Logits!, output.Embedding! }.Concat(output.Features).Concat(output.PreActivations), t => Assert.Equal(ScalarType.Float32, t.dtype));
        Assert.Equal(exact.Features.Select(f => f.shape), output.Features.Select(f => f.shape));
        Assert.InRange(Cosine(exact.Features[0], output.Features[0]), .999, 1.001);
        Assert.InRange(Cosine(exact.Embedding!, output.Embedding!), .98, 1.001);
        Assert.InRange(Cosine(exactGradient, gradient), .9, 1.001);
        Assert.NotEqual(Numbers.Of(exact.Embedding!), Numbers.Of(output.Embedding!));

        (ModelOutput Output, Tensor Gradient) Step(Precision precision)
        {
            var forward = module.call(PixelTensor.ForNetwork(pixels, precision));
            var loss = nn.functional.cross_entropy(forward.Logits!, labels) + Weighed(forward.Features[1]);
            return (forward, Gradient(module, loss));
        }
    }

    [Theory]
    [MemberData(nameof(Detectors))]
    public void ADetectorsStepIsFloat32sButForRounding(string name)
    {
        using var scope = NewDisposeScope();
        using var module = ObjectDetector.Parse(name).CreateModule(Modules.Classes(3), seed: 1, anchors: null);
        module.eval();
        var pixels = Pixels(64);

        var (exact, exactGradient) = Step(Precision.Float32);
        var (output, gradient) = Step(Precision.BFloat16);

        Assert.All(output.Levels.SelectMany(l => l.Tensors).Concat(output.Neck).Concat(output.Backbone), t => Assert.Equal(ScalarType.Float32, t.dtype));
        Assert.InRange(Cosine(exact.Backbone[0], output.Backbone[0]), .999, 1.001);
        Assert.InRange(Cosine(exact.Neck[0], output.Neck[0]), .98, 1.001);
        Assert.InRange(Cosine(exactGradient, gradient), .9, 1.001);

        (DetectorOutput Output, Tensor Gradient) Step(Precision precision)
        {
            var forward = module.call(PixelTensor.ForNetwork(pixels, precision));
            var loss = forward.Levels.Select(level => Weighed(level.Classes) + Weighed(level.Boxes)).Aggregate((sum, term) => sum + term) + Weighed(forward.Neck[0]);
            return (forward, Gradient(module, loss));
        }
    }

    [Fact]
    public void StatisticsStayFloat32()
    {
        using var scope = NewDisposeScope();
        using var module = ImageClassifier.ResNet8.CreateModule(Modules.Classes(3), seed: 1);

        module.call(PixelTensor.ForNetwork(Pixels(8), Precision.BFloat16));

        Assert.All(Modules.All(module), w => Assert.True(w.Values.dtype is ScalarType.Float32 or ScalarType.Int64, $"{w.Name} is {w.Values.dtype}."));
        // The first layer's statistics are of values that were rounded, but sums that were not: thousands of values' mean in 8 bits would be off by percents.
        var images = Pixels(8);
        using var noGrad = no_grad();
        var first = nn.functional.conv2d(images.bfloat16().to(ScalarType.Float64), Modules.All(module).Single(w => w.Name == "conv1.weight").Values.bfloat16().to(ScalarType.Float64), padding: [1, 1]);
        Numbers.Close(Numbers.Of(first.mean([0, 2, 3]) * .1), Numbers.Of(Modules.All(module).Single(w => w.Name == "bn1.running_mean").Values), .01);
    }

    private static Tensor Gradient(nn.Module module, Tensor loss)
    {
        foreach (var parameter in module.parameters())
            parameter.grad?.zero_();
        loss.backward();
        Assert.All(module.parameters(), p => Assert.Equal(ScalarType.Float32, p.grad!.dtype));
        return cat([.. module.parameters().Select(p => p.grad!.flatten())]).clone();
    }

    // Squares would not do: behind a BatchNorm their sum is the same whatever the weights, and its gradient nothing but rounding.
    private static Tensor Weighed(Tensor values) => (values * tensor(Numbers.Gaussian((int)values.numel(), 7), values.shape)).sum() / Math.Sqrt(values.numel());

    private static double Cosine(Tensor a, Tensor b)
    {
        var (x, y) = (a.detach().flatten().to(ScalarType.Float64), b.detach().flatten().to(ScalarType.Float64));
        return ((x * y).sum() / (x.norm() * y.norm())).item<double>();
    }

    private static Tensor Pixels(int side) => tensor(Numbers.Gaussian(8 * 3 * side * side, 3), [8, 3, side, side]);
}
