using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Tests.Data;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.Distillation.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

public class StageGradientsTests
{
    private static readonly ImageSize Size = new(8, 8);

    // y = b·(a·x) with a = (3, 4), b = 2: dy/da = b·x and dy/db = a·x.
    [Fact]
    public void NormsOfALinearToyAreKnown()
    {
        using var scope = NewDisposeScope();
        var (a, b, unused) = (tensor(new double[] { 3, 4 }, requires_grad: true), tensor(new double[] { 2 }, requires_grad: true), tensor(new double[] { 9 }, requires_grad: true));
        double[][] inputs = [[1, 0], [0, 2]];

        var measured = StageGradients.Measure(
            [new("a", [a]), new("b", [b]), new("both", [a, b]), new("unused", [unused])], inputs.Select(x => (Func<Tensor>)(() => ((a * tensor(x)).sum() * b).sum())), default);

        Assert.Equal(["a", "b", "both", "unused"], measured.Select(m => m.Stage));
        Numbers.Within([(2 + 4) / 2.0, (3 + 8) / 2.0, (Math.Sqrt(4 + 9) + Math.Sqrt(16 + 64)) / 2, 0], [.. measured.Select(m => m.Norm)], 1e-12);
        Assert.Null(a.grad);
    }

    [Fact]
    public void NothingToLookAtIsNothing() => Assert.Empty(StageGradients.Measure([new("a", [])], [], default));

    [Fact]
    public void ItStopsWhenItIsCancelled()
    {
        using var a = tensor(new double[] { 3 }, requires_grad: true);
        Assert.Throws<OperationCanceledException>(() => StageGradients.Measure([new("a", [a])], [() => a.sum()], new CancellationToken(canceled: true)));
    }

    [Fact]
    public void EveryParameterIsInOneGroup() => Assert.All(
        [ImageClassifier.ResNet8, ImageClassifier.WideResNet16x1, ImageClassifier.Vgg8, ImageClassifier.MobileNetV2Cifar, ImageClassifier.ShuffleNetV2Cifar],
        architecture =>
        {
            using var module = architecture.CreateModule(Modules.Classes(3), 1);
            var groups = StageGradients.Group(module);

            Assert.Equal([.. module.Stages.Select(s => s.Name), "classifier"], groups.Select(g => g.Name));
            Assert.Equal(module.CountParameters(), groups.Sum(g => g.Parameters.Sum(p => p.numel())));
            Assert.Equal(groups.Sum(g => g.Parameters.Count), groups.SelectMany(g => g.Parameters).Distinct().Count());
        });

    [Fact]
    public void AStemsBatchNormIsTheStems()
    {
        using var module = new CifarResNet(8, [4, 4, 6, 8], 7);

        var groups = StageGradients.Group(module);

        Assert.Equal(3 * 4 * 9 + 2 * 4, groups[0].Parameters.Sum(p => p.numel()));
        Assert.Equal(8 * 7 + 7, groups[^1].Parameters.Sum(p => p.numel()));
    }

    [Fact]
    public void ARunsGradientsAreThoseOfItsSteps() => Run((task, module) =>
    {
        var before = Loops.Bits(module);
        var groups = StageGradients.Group(module);

        var measured = StageGradients.Measure(task, groups, epoch: 1, steps: 2, default);

        foreach (var (name, bits) in before)
            Assert.True(bits.AsSpan().SequenceEqual(Loops.Bits(module)[name]), $"{name} differs.");
        Assert.False(module.training);
        Assert.Equal(measured, StageGradients.Measure(task, groups, epoch: 1, steps: 2, default));
        Assert.NotEqual(measured, StageGradients.Measure(task, groups, epoch: 0, steps: 2, default));
        // The same by way of the gradients that an optimiser would see.
        foreach (var trained in task.Modules)
            trained.Module.train();
        var expected = new double[groups.Count];
        foreach (var step in task.Epoch(1, first: 0).Take(2))
        {
            using var scope = NewDisposeScope();
            module.zero_grad();
            step.Compute(new PhaseClock())[^1].Value.backward();
            for (var i = 0; i < expected.Length; i++)
                expected[i] += Math.Sqrt(groups[i].Parameters.Sum(p => Numbers.Floats(p.grad!).Sum(g => (double)g * g))) / 2;
        }
        Numbers.Within(expected, [.. measured.Select(m => m.Norm)], 1e-5);
    });

    private static void Run(Action<ClassificationTask, ClassifierModule> test)
    {
        using var module = new CifarResNet(8, [4, 4, 6, 8], 7);
        WeightInitializer.Initialize(module, seed: 1);
        using var store = Stores.Numbered(40, Size);
        using var view = new PixelTransforms(Size, Size, ImageNormalization.Cifar10, CPU);
        using var task = new ClassificationTask(Loops.Settings with { Methods = [new BeYourOwnTeacher()] }, new TrainingInputs(module, view, Size, store, null, null, CPU));
        test(task, module);
    }
}
