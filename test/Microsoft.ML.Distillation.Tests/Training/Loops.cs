using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Tests.Data;
using Microsoft.ML.Distillation.Tests.ImageClassification;
using Microsoft.ML.Distillation.Tests.Methods;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

/// <summary>What a run came to: the student's weights bit by bit, its course, and what was said on the way.</summary>
internal sealed record Outcome(Dictionary<string, byte[]> Weights, TrainingHistory History, List<string> Warnings, List<DistillationProgress> Heard);

/// <summary>Runs of the training loop that can be kept in a folder, and broken off.</summary>
internal static class Loops
{
    public const int RowCount = 40, StepsPerEpoch = 5;
    private static readonly ImageSize Size = new(8, 8);

    /// <summary>Three epochs of five steps.</summary>
    public static readonly TrainingSettings Settings = new(
        Epochs: 3, BatchSize: 8, new SgdOptions { LearningRate = .05 }, new WarmUpCosine(), new ImageAugmentation { CropPadding = 1 }, [], Seed: 1, CancellationToken.None);

    public static readonly CheckpointOptions EverySteps3 = new() { EverySteps = 3 };

    /// <summary>A run of a small student, with a teacher that gives all a method may want.</summary>
    /// <param name="folder">Where it is kept; null for nowhere.</param>
    /// <param name="crash">Breaks off in the middle of this step, from 1, of this sitting.</param>
    /// <param name="cancel">Is cancelled while this step, from 1, of this sitting is computed.</param>
    /// <param name="teacherSeed">Another teacher of the same name.</param>
    /// <param name="create">The checkpoints' files, where they are to fail.</param>
    public static Outcome Run(
        TrainingSettings settings, string? folder = null, int crash = 0, int cancel = 0, bool validate = false, CheckpointOptions? cadence = null, Func<string, Stream>? create = null,
        PixelStore? data = null, Action<DistillationProgress>? onReport = null, long teacherSeed = 1)
    {
        var step = 0;
        using var source = new CancellationTokenSource();
        // There in every run: methods are part of what a checkpoint is held against.
        var breaker = new Probe("breaker", BatchParts.None, _ =>
        {
            if (++step == crash)
                throw new Crash();
            if (step == cancel)
                source.Cancel();
        });
        settings = settings with { Methods = [.. settings.Methods, breaker], Cancellation = cancel > 0 ? source.Token : settings.Cancellation };
        using var module = new CifarResNet(8, [4, 4, 6, 8], 7);
        WeightInitializer.Initialize(module, seed: 1);
        using var own = Stores.Numbered(RowCount, Size);
        using var view = new PixelTransforms(Size, Size, ImageNormalization.Cifar10, CPU);
        var parts = MethodLosses.NeedsOf(settings.Methods);
        using var teacher = parts == TeacherParts.None ? null : OpenedTeacher.Open(StudentTeacher.FromOnnx(ExportedTeacher(teacherSeed)), new TeacherSettings(CPU, Threads: 1, parts) { Precision = settings.Precision }, Modules.Classes(7));
        var store = data ?? own;
        using var task = new ClassificationTask(settings, new TrainingInputs(module, view, Size, store, validate ? store : null, teacher, CPU));
        return RunTask(settings, task, () => Bits(module), folder, cadence, create, onReport);
    }

    public static Outcome RunTask(
        TrainingSettings settings, ITrainingTask task, Func<Dictionary<string, byte[]>> weights, string? folder = null, CheckpointOptions? cadence = null,
        Func<string, Stream>? create = null, Action<DistillationProgress>? onReport = null)
    {
        var warnings = new List<string>();
        var ml = new MLContext(seed: 1);
        ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                warnings.Add(e.RawMessage);
        };
        var listener = new Listener(onReport);
        using var channel = ((IHostEnvironment)ml).Start("test");
        using var checkpoints = CheckpointFolder.Open(folder, cadence ?? EverySteps3, create);
        using var loop = new TrainingLoop(settings, task, new ProgressReporter(listener, channel, settings.Epochs), checkpoints);
        var history = loop.Run();
        return new Outcome(weights(), history, warnings, listener.Heard);
    }

    public static TrainingHistory RunTask(TrainingSettings settings, ScriptedTask task, string? folder = null) => RunTask(settings, task, () => [], folder).History;

    /// <summary>The same weights bit for bit, and the same course.</summary>
    public static void Same(Outcome expected, Outcome actual)
    {
        Assert.Equal(expected.Weights.Keys, actual.Weights.Keys);
        foreach (var (name, bits) in expected.Weights)
            Assert.True(bits.AsSpan().SequenceEqual(actual.Weights[name]), $"{name} differs.");
        Assert.Equal(expected.History.Terms, actual.History.Terms);
        Assert.Equal(expected.History.LearningRate, actual.History.LearningRate);
        Assert.Equal(expected.History.ValidationAccuracy, actual.History.ValidationAccuracy);
        Assert.Equal((expected.History.Images, expected.History.Epochs, expected.History.BestEpoch), (actual.History.Images, actual.History.Epochs, actual.History.BestEpoch));
    }

    public static Dictionary<string, byte[]> Bits(nn.Module module) =>
        Modules.Weights(module).ToDictionary(w => w.Key, w => MemoryMarshal.AsBytes(w.Value.AsSpan()).ToArray());

    private static byte[] ExportedTeacher(long seed)
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, 7, seed);
        return StudentExporter.Standalone(module, new StudentDescription(ImageClassifier.ResNet8.Name, Modules.Classes(7), Size, Size, ImageNormalization.Cifar10, "none"));
    }
}

/// <summary>A run that broke off.</summary>
internal sealed class Crash() : Exception("The test broke the run off.");
