using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Tests.Data;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.Distillation.Tests.Teachers;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

public class TrainingLoopTests
{
    internal const int Classes = 7, Rows = 40;
    internal static readonly ImageSize Size = new(9, 8), Square = new(8, 8);
    internal static readonly byte[] Teacher = new Classifiers(Size, Classes).ToBytes();
    internal static readonly TrainingSettings Settings = new(
        Epochs: 2, BatchSize: 8, new SgdOptions { LearningRate = .05 }, new WarmUpCosine(), new ImageAugmentation { CropPadding = 1 },
        [new KnowledgeDistillation()], Seed: 1, CancellationToken.None);

    public static TheoryData<string> Changes => [.. Variants.Keys];

    private static Dictionary<string, TrainingSettings> Variants => new()
    {
        ["epochs"] = Settings with { Epochs = 3 },
        ["batch size"] = Settings with { BatchSize = 10 },
        ["learning rate"] = Settings with { Optimizer = new SgdOptions { LearningRate = .06 } },
        ["optimiser"] = Settings with { Optimizer = new AdamWOptions { LearningRate = .05 } },
        ["schedule"] = Settings with { Schedule = new ConstantRate() },
        ["warm-up"] = Settings with { Schedule = new WarmUpCosine { WarmUpEpochs = 0 } },
        ["flip"] = Settings with { Augmentation = new ImageAugmentation { CropPadding = 1, HorizontalFlip = false } },
        ["crop"] = Settings with { Augmentation = new ImageAugmentation { CropPadding = 2 } },
        ["cutout"] = Settings with { Augmentation = new ImageAugmentation { CropPadding = 1, CutoutSize = 2 } },
        ["mixup"] = Settings with { Augmentation = new ImageAugmentation { CropPadding = 1, Mixup = .4 } },
        ["cutmix"] = Settings with { Augmentation = new ImageAugmentation { CropPadding = 1, CutMix = 1 } },
        ["temperature"] = Settings with { Methods = [new KnowledgeDistillation { Temperature = 2 }] },
        ["alpha"] = Settings with { Methods = [new KnowledgeDistillation { Alpha = .5 }] },
        ["methods"] = Settings with { Methods = [] },
        ["seed"] = Settings with { Seed = 2 },
        ["gradient norm"] = Settings with { MaximumGradientNorm = .1 },
        ["precision"] = Settings with { Precision = Precision.BFloat16 },
        ["average"] = Settings with { WeightAverage = new() },
        ["average's decay"] = Settings with { WeightAverage = new() { Decay = .5, WarmUpSteps = 0 } },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void EveryOptionChangesTheWeights(string option) => Assert.NotEqual(Train(Settings).Weights, Train(Variants[option]).Weights);

    [Fact]
    public void TheSameOptionsGiveTheSameWeights() => Assert.Equal(Train(Settings).Weights, Train(Settings).Weights);

    // A step's rounding is a matter of the eighth bit; so few steps don't part.
    [Fact]
    public void InBFloat16AStudentLearnsTheSame()
    {
        var (exact, rounded) = (Train(Settings, validate: true), Train(Settings with { Precision = Precision.BFloat16 }, validate: true));

        foreach (var (term, means) in exact.History.Terms)
            Numbers.Close(means, rounded.History.Terms[term], .03);
    }

    [Fact]
    public void TheTotalIsTheTaskAndTheMethodsTermsByTheirWeights()
    {
        var terms = Train(Settings with { Methods = [new KnowledgeDistillation { Alpha = .7 }] }).History.Terms;

        Assert.Equal(["kd", "task", "total"], terms.Keys.Order(StringComparer.Ordinal));
        for (var epoch = 0; epoch < 2; epoch++)
            Assert.Equal(.3 * terms["task"][epoch] + .7 * terms["kd"][epoch], terms["total"][epoch], 1e-4);
    }

    [Fact]
    public void AloneTheTotalIsTheTask()
    {
        var terms = Train(Settings with { Methods = [] }).History.Terms;

        Assert.Equal(["task", "total"], terms.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(terms["task"], terms["total"]);
    }

    [Fact]
    public void TheHistoryHasEveryEpoch()
    {
        var history = Train(Settings with { Epochs = 3 }).History;

        // 40 rows are 5 steps of 8; the rate is that of each epoch's last step.
        Assert.Equal((3, 3 * 40L), (history.Epochs, history.Images));
        Assert.Equal([.05, .05 * .5 * (1 + Math.Cos(Math.PI * .4)), .05 * .5 * (1 + Math.Cos(Math.PI * .9))], history.LearningRate);
        Assert.All(history.Terms.Values, means => Assert.Equal(3, means.Count));
        Assert.Equal(["data", "optimiser", "student", "teacher"], history.Clock.Seconds.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(history.ValidationAccuracy);
    }

    [Fact]
    public void AStudentLearnsWhatItSees()
    {
        var settings = Settings with { Epochs = 30, Methods = [], Augmentation = ImageAugmentation.None };

        var history = Train(settings, validate: true).History;

        Assert.Equal(30, history.ValidationAccuracy.Count);
        Assert.True(history.Terms["task"][^1] < .5 * history.Terms["task"][0], $"The loss went from {history.Terms["task"][0]} to {history.Terms["task"][^1]}.");
        Assert.True(history.ValidationAccuracy[^1] > .9, $"It is right on {history.ValidationAccuracy[^1]:P0} of its own training images.");
    }

    [Fact]
    public void DivergenceIsAnErrorThatSaysWhatToChange()
    {
        var settings = Settings with { Optimizer = new SgdOptions { LearningRate = 1e30 }, Schedule = new ConstantRate() };

        var message = Assert.Throws<InvalidOperationException>(() => Train(settings)).Message;

        Assert.StartsWith("Training diverged in epoch 1 of 2, at step ", message, StringComparison.Ordinal);
        Assert.Contains(" It was set back 3 times, and went on with 0.125 of the learning rate at last. ", message, StringComparison.Ordinal);
        Assert.EndsWith("lower Optimizer.LearningRate or the methods' weights, set MaximumGradientNorm, or give the schedule more warm-up epochs; that is another run, which needs an empty CheckpointFolder.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACancelledRunStops()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() => Train(Settings with { Cancellation = cancellation.Token }));
    }

    /// <param name="alone">Without a teacher, on square images.</param>
    internal static (Dictionary<string, float[]> Weights, TrainingHistory History) Train(TrainingSettings settings, bool validate = false, bool alone = false)
    {
        var size = alone ? Square : Size;
        using var module = new CifarResNet(8, [4, 4, 6, 8], Classes);
        WeightInitializer.Initialize(module, seed: 1);
        using var store = Stores.Numbered(Rows, size);
        using var view = new PixelTransforms(size, size, ImageNormalization.Cifar10, CPU);
        using var teacher = alone ? null : OpenedTeacher.Open(OnnxTeacher.FromBytes(Teacher), new TeacherSettings(CPU, Threads: 1), Modules.Classes(Classes));
        using var channel = ((IHostEnvironment)new MLContext(seed: 1)).Start("test");
        var inputs = new TrainingInputs(module, view, size, store, validate ? store : null, teacher, CPU);
        using var task = new ClassificationTask(settings, inputs);
        using var loop = new TrainingLoop(settings, task, new ProgressReporter(null, channel, settings.Epochs));
        var history = loop.Run();
        return (Modules.Weights(module), history);
    }
}
