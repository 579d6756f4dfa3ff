using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Tests.Data;
using Microsoft.ML.Distillation.Tests.Methods;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.Distillation.Training;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

/// <summary>What the training loop gives a method at every step.</summary>
public class StepInputTests
{
    private const int Rows = TrainingLoopTests.Rows;
    private static readonly ImageSize Size = TrainingLoopTests.Size;
    private static readonly TrainingSettings Settings = TrainingLoopTests.Settings;

    [Fact]
    public void CompanionsArriveAsTheStudentSeesImages()
    {
        var seen = new List<(double[] Companion, double[] Expected)>();
        using var store = Stores.Numbered(Rows, Size);
        using var view = new PixelTransforms(Size, Size, ImageNormalization.Cifar10, CPU);
        var probe = new Probe("probe", BatchParts.SecondView, input =>
        {
            Assert.Equal(input.Pixels!.stride(), input.Companion!.stride());
            seen.Add((Numbers.Of(input.Companion), Numbers.Of(view.Apply(PixelTensor.Create([.. input.Rows.SelectMany(row => store.Pixels(row).ToArray())], 8, Size, CPU)))));
        });

        TrainingLoopTests.Train(Settings with { Methods = [probe], Augmentation = ImageAugmentation.None });

        Assert.Equal(2 * Rows / 8, seen.Count);
        Assert.All(seen, pair => Assert.Equal(pair.Expected, pair.Companion));
    }

    // What the student saw, brought back to pixels, gets the very answer the teacher gave.
    [Fact]
    public void TeacherAndStudentSeeTheSameMixedImages()
    {
        using var teacher = OpenedTeacher.Open(OnnxTeacher.FromBytes(TrainingLoopTests.Teacher), new TeacherSettings(CPU, Threads: 1), Modules.Classes(TrainingLoopTests.Classes));
        using var raw = tensor(ImageNormalization.Cifar10.Deviation.Select(d => d * 255).ToArray(), [1, 3, 1, 1]);
        using var mean = tensor(ImageNormalization.Cifar10.Mean.Select(m => m * 255).ToArray(), [1, 3, 1, 1]);
        var mixed = 0;
        var probe = new Probe("probe", BatchParts.None, input =>
        {
            mixed += input.Labels.Second is not null && input.Labels.Share < 1 ? 1 : 0;
            Numbers.Close(Numbers.Of(teacher.Forward(input.Pixels! * raw + mean).Logits!), Numbers.Of(input.Teacher!.Logits!), 1e-4);
        });

        TrainingLoopTests.Train(Settings with { Methods = [probe], Augmentation = new ImageAugmentation { Mixup = 1 } });

        Assert.Equal(2 * Rows / 8, mixed);
    }

    [Fact]
    public void WithoutAMethodThatAsksThereIsNoCompanion()
    {
        var companions = new List<object?>();

        TrainingLoopTests.Train(Settings with { Methods = [new Probe("probe", BatchParts.None, input => companions.Add(input.Companion))] });

        Assert.Equal(2 * Rows / 8, companions.Count);
        Assert.All(companions, Assert.Null);
    }

    public static TheoryData<DistillationMethod, string[]> SelfDistillations => new()
    {
        { new ClassWiseSelfDistillation(), ["cs-kd"] },
        { new DataDistortion(), ["kd", "mmd", "second"] },
        { new FeatureRefinement(), ["at", "kd", "refined"] },
        { new LabelAugmentation(), ["kd", "sla"] },
    };

    [Theory]
    [MemberData(nameof(SelfDistillations), DisableDiscoveryEnumeration = true)]
    public void SelfDistillationsTrainOnRealBatches(DistillationMethod method, string[] terms)
    {
        var (weights, history) = TrainingLoopTests.Train(Settings with { Methods = [method] }, alone: true);

        Assert.Equal(["task", "total", .. terms], history.Terms.Keys.OrderBy(name => name is not ("task" or "total")).ThenBy(name => name, StringComparer.Ordinal));
        Assert.All(history.Terms.Values, means => Assert.All(means, mean => Assert.InRange(mean, double.Epsilon, double.MaxValue)));
        Assert.NotEqual(TrainingLoopTests.Train(Settings with { Methods = [] }, alone: true).Weights, weights);
    }

    [Fact]
    public void RefinementAndLabelAugmentationStandBesideOneAnotherAndTakeMixedImages()
    {
        var settings = Settings with { Methods = [new FeatureRefinement(), new LabelAugmentation()], Augmentation = new ImageAugmentation { Mixup = .4, CutMix = 1 } };

        var history = TrainingLoopTests.Train(settings, alone: true).History;

        Assert.Equal(["at", "kd", "kd (LabelAugmentation)", "refined", "sla", "task", "total"], history.Terms.Keys.Order(StringComparer.Ordinal));
    }
}
