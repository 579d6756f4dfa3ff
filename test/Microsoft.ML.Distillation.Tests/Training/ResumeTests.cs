using Microsoft.ML.Distillation.Tests.Data;
using Microsoft.ML.Distillation.Training;
using static Microsoft.ML.Distillation.Tests.Training.Loops;

namespace Microsoft.ML.Distillation.Tests.Training;

/// <summary>A run that is broken off and gone on with ends where one that never was ends, bit for bit.</summary>
public class ResumeTests
{
    private static Dictionary<string, (TrainingSettings Settings, bool Validate)> Variants => new()
    {
        ["momentum"] = (Settings, false),
        ["no momentum"] = (Settings with { Optimizer = new SgdOptions { LearningRate = .05, Momentum = 0, Nesterov = false } }, false),
        ["adam"] = (Settings with { Optimizer = new AdamWOptions { LearningRate = .01 } }, false),
        ["mixup"] = (Settings with { Augmentation = new ImageAugmentation { CropPadding = 1, Mixup = .4, CutMix = 1 } }, false),
        ["projectors"] = (Settings with { Methods = [new ProjectorEnsemble()] }, false),
        ["contrast"] = (Settings with { Methods = [new ContrastiveDistillation { Negatives = 30 }] }, false),
        ["contrast by adam"] = (Settings with { Methods = [new ContrastiveDistillation { Negatives = 30 }], Optimizer = new AdamWOptions { LearningRate = .01 } }, false),
        ["bfloat16"] = (Settings with { Precision = Precision.BFloat16, Methods = [new KnowledgeDistillation(), new AttentionTransfer()] }, true),
        ["exits"] = (Settings with { Methods = [new DeepSupervision()] }, true),
        ["average"] = (Settings with { WeightAverage = new() { Decay = .9, WarmUpSteps = 4 } }, true),
        ["best"] = (Settings, true),
        ["clipped"] = (Settings with { MaximumGradientNorm = .5, Methods = [new KnowledgeDistillation()] }, false),
        ["balanced"] = (Settings with { Methods = [new KnowledgeDistillation()], Balance = new() { Batches = 7 } }, false),
        ["cached teacher"] = (Settings with { Augmentation = new ImageAugmentation { CropPadding = 0 }, Methods = [new KnowledgeDistillation()], TeacherCache = new() }, false),
    };

    public static TheoryData<string> Names => [.. Variants.Keys];

    // Checkpoints are written after every third step and at the end of each epoch of five: the first crash has none, the second one in an epoch's middle, the last an epoch's end.
    [Theory]
    [MemberData(nameof(Names))]
    public void ABrokenRunEndsWhereAWholeOneEnds(string name)
    {
        var (settings, validate) = Variants[name];
        using var folder = new TemporaryFolder();
        var whole = Run(settings, validate: validate);

        Assert.Throws<Crash>(() => Run(settings, folder.Path, crash: 2, validate: validate));
        Assert.Throws<Crash>(() => Run(settings, folder.Path, crash: 5, validate: validate));
        Assert.Throws<OperationCanceledException>(() => Run(settings, folder.Path, validate: validate, cancel: 4));
        Assert.Throws<Crash>(() => Run(settings, folder.Path, crash: 5, validate: validate));
        var last = Run(settings, folder.Path, validate: validate);

        Assert.Equal(10, last.History.ResumedAt);
        Same(whole, last);
    }

    [Fact]
    public void ACancelledRunGoesOnFromTheVeryStep()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<OperationCanceledException>(() => Run(Settings, folder.Path, cancel: 4));

        var last = Run(Settings, folder.Path);

        Assert.Equal(4, last.History.ResumedAt);
        Same(Run(Settings), last);
    }

    [Fact]
    public void ARunCancelledBeforeItsEpochIsMeasuredMeasuresItWhenItGoesOn()
    {
        using var folder = new TemporaryFolder();
        using var source = new CancellationTokenSource();
        // An epoch's last step is told before the epoch is measured.
        Assert.Throws<OperationCanceledException>(() => Run(
            Settings with { Cancellation = source.Token }, folder.Path, validate: true, onReport: p =>
            {
                if (p is { Phase: DistillationPhase.Training, Step: 2 * StepsPerEpoch })
                    source.Cancel();
            }));

        var last = Run(Settings, folder.Path, validate: true);

        Assert.Equal(2 * StepsPerEpoch, last.History.ResumedAt);
        Same(Run(Settings, validate: true), last);
    }

    [Fact]
    public void AFinishedRunIsReturnedWithoutAnyStep()
    {
        using var folder = new TemporaryFolder();
        var settings = Settings with { WeightAverage = new() { Decay = .9 } };
        var whole = Run(settings, folder.Path, validate: true);

        var again = Run(settings, folder.Path, crash: 1, validate: true);

        Same(whole, again);
        Assert.Equal(3 * StepsPerEpoch, again.History.ResumedAt);
        Assert.DoesNotContain(again.Heard, p => p.Phase is DistillationPhase.Training or DistillationPhase.SavingCheckpoint);
    }

    // The last checkpoint is of step 12, the one before it of step 10, an epoch's end.
    [Fact]
    public void ADamagedCheckpointIsPassedOverForTheOneBeforeIt()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<Crash>(() => Run(Settings, folder.Path, crash: 14));
        var last = folder[CheckpointFolder.Last];
        File.WriteAllBytes(last, File.ReadAllBytes(last)[..^1]);

        var resumed = Run(Settings, folder.Path);

        Assert.Equal(10, resumed.History.ResumedAt);
        Assert.Contains("it is cut off or has grown", Assert.Single(resumed.Warnings), StringComparison.Ordinal);
        Same(Run(Settings), resumed);
    }

    [Fact]
    public void TimeSpentBeforeIsPartOfTheCourse()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<Crash>(() => Run(Settings, folder.Path, crash: 14));
        var before = CheckpointFile.Read(folder[CheckpointFolder.Last]).Record.Seconds;

        var seconds = Run(Settings, folder.Path).History.Clock.Seconds;

        Assert.All(before, phase => Assert.True(seconds[phase.Key] > phase.Value, $"{phase.Key} took {seconds[phase.Key]} s in all, and {phase.Value} s of it before."));
    }

    private static Dictionary<string, (TrainingSettings Settings, string Difference)> Others => new()
    {
        ["epochs"] = (Settings with { Epochs = 4 }, "Epochs: '3' then, '4' now."),
        ["seed"] = (Settings with { Seed = 2 }, "Seed: '1' then, '2' now."),
        ["rate"] = (Settings with { Optimizer = new SgdOptions { LearningRate = .1 } },
            "Optimizer: 'SGD lr 0.05 momentum 0.9 Nesterov weight decay 0.0005' then, 'SGD lr 0.1 momentum 0.9 Nesterov weight decay 0.0005' now."),
        ["average"] = (Settings with { WeightAverage = new() }, "WeightAverage: 'none' then, 'decay 0.9999 warm-up 2000' now."),
        ["two"] = (Settings with { BatchSize = 10, Schedule = new ConstantRate() }, "BatchSize: '8' then, '10' now. Schedule: '1 warm-up epochs, cosine to 0' then, 'constant' now."),
    };

    public static TheoryData<string> OtherNames => [.. Others.Keys];

    [Theory]
    [MemberData(nameof(OtherNames))]
    public void OtherOptionsAreRefusedByName(string name)
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<Crash>(() => Run(Settings, folder.Path, crash: 7));

        var message = Assert.Throws<InvalidOperationException>(() => Run(Others[name].Settings, folder.Path)).Message;

        Assert.Equal(
            $"The checkpoint in '{folder.Path}' is of another run. {Others[name].Difference} Take the options and data it was made with. "
            + "Delete the folder to train from the beginning, or choose another CheckpointFolder.", message);
    }

    [Fact]
    public void AnotherTeacherOfTheSameNameIsRefused()
    {
        using var folder = new TemporaryFolder();
        var settings = Settings with { Methods = [new KnowledgeDistillation()] };
        Assert.Throws<Crash>(() => Run(settings, folder.Path, crash: 7));

        var message = Assert.Throws<InvalidOperationException>(() => Run(settings, folder.Path, teacherSeed: 2)).Message;

        Assert.StartsWith($"The checkpoint in '{folder.Path}' is of another run. Teacher: 'teacher resnet8, content ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherPixelsAreRefused()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<Crash>(() => Run(Settings, folder.Path, crash: 7));
        using var other = Stores.Numbered(RowCount, new(8, 8));

        var message = Assert.Throws<InvalidOperationException>(() => Run(Settings, folder.Path, data: other.Only([.. Enumerable.Range(0, RowCount - 1), 0]))).Message;

        Assert.Contains("Training images: '40 of 8×8, content ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Epochs", message, StringComparison.Ordinal);
    }
}
