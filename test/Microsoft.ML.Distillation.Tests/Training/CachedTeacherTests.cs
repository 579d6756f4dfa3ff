using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Tests.Data;
using Microsoft.ML.Distillation.Tests.ImageClassification;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.Distillation.Tests.Teachers;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Training;

/// <summary>A training run with its teacher's answers kept is the run without. Bits are compared, on one thread: these run alone.</summary>
[Collection(nameof(NoParallelization))]
public class CachedTeacherTests
{
    private const int Rows = 40, BatchSize = 9, Epochs = 5;
    private static readonly ImageSize Size = new(12, 16);
    private static readonly string[] Classes = Modules.Classes(3);
    private static readonly ImageAugmentation Flip = new() { CropPadding = 0 }, Crop = new() { CropPadding = 2, CutoutSize = 3 };

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void TheStudentIsTheSameBitForBit(bool torchTeacher, bool flip)
    {
        var augmentation = flip ? Flip : ImageAugmentation.None;

        var (cached, report, _) = Train(augmentation, new(), torchTeacher);
        var (uncached, off, _) = Train(augmentation, null, torchTeacher);

        Assert.Equal(uncached, cached);
        Assert.Equal("off: it is switched off", off.State);
        Assert.Equal(0, off.Asked + off.Reused);
        Assert.Equal(flip ? "on, images and their mirror images" : "on, images as they are", report.State);
        Assert.Equal(Epochs * 36, report.Asked + report.Reused); // 4 batches of 9 in an epoch
        Assert.InRange(report.Asked, 37, flip ? 2 * Rows : Rows);
    }

    [Fact]
    public void FilesHoldWhatMemoryDoesNot()
    {
        using var folder = new TemporaryFolder();

        var (memory, inMemory, _) = Train(Flip, new(), folder: folder);
        var (files, inFiles, _) = Train(Flip, new() { MemoryBudget = 0 }, folder: folder);
        var (none, nowhere, _) = Train(Flip, new() { MemoryBudget = 0, FileBudget = 0 }, folder: folder);

        Assert.Equal(memory, files);
        Assert.Equal(memory, none);
        Assert.Equal((0, inMemory.MemoryBytes), (inMemory.FileBytes, inFiles.FileBytes));
        Assert.Equal((inMemory.Reused, 0, 0), (inFiles.Reused, inFiles.MemoryBytes, nowhere.Reused));
        Assert.True(inMemory.MemoryBytes > 0 && inMemory.Reused > 0, $"{inMemory}");
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void CropsAreNotKeptUnlessTheyAreReplayed()
    {
        var (uncached, _, newViews) = Train(Crop, null);
        var (plain, off, _) = Train(Crop, new());
        var (replayed, report, views) = Train(Crop, new() { Views = 2 });

        Assert.Equal(uncached, plain);
        Assert.Equal("off: crop and cutout make new views in every epoch; TeacherCache.Views replays a fixed number of them", off.State);
        Assert.NotEqual(uncached, replayed);
        Assert.Equal(Epochs * 36, newViews.Count);
        Assert.Equal(newViews.Count, newViews.Distinct().Count());
        Assert.Equal("on, 2 views of each image", report.State);
        AssertShownOnce(views, report);
        Assert.InRange(report.Asked, 2 * 36 + 1, 2 * Rows);
        Assert.Equal(Epochs * 36, report.Asked + report.Reused);
    }

    [Fact]
    public void ReplayingAllEpochsChangesNothing() => Assert.Equal(Train(Crop, null).Weights, Train(Crop, new() { Views = Epochs }).Weights);

    [Fact]
    public void EveryViewIsShownToTheTeacherOnce()
    {
        var (_, report, views) = Train(Flip, new());

        AssertShownOnce(views, report);
        Assert.InRange(report.Asked, Rows + 1, 2 * Rows);
    }

    /// <summary>No view is shown a second time; one that is new alone in its batch is shown twice at once.</summary>
    private static void AssertShownOnce(List<string> views, TeacherCacheReport report)
    {
        var single = views.Where((view, i) => i == 0 || views[i - 1] != view).ToList();
        Assert.Equal(report.Asked, single.Count);
        Assert.Equal(single.Count, single.Distinct().Count());
    }

    /// <returns>The student's weights, what became of the cache, and every image the teacher was shown.</returns>
    private static (Dictionary<string, float[]> Weights, TeacherCacheReport Report, List<string> Shown) Train(
        ImageAugmentation augmentation, TeacherCacheOptions? cache, bool torchTeacher = false, TemporaryFolder? folder = null)
    {
        using var threads = new ThreadLimit(1);
        using var module = new CifarResNet(8, [4, 4, 6, 8], Classes.Length);
        WeightInitializer.Initialize(module, seed: 1);
        using var store = Drawn();
        using var view = new PixelTransforms(Size, Size, ImageNormalization.Cifar10, CPU);
        var shown = new List<string>();
        using var teacher = OpenedTeacher.Open(new WatchedTeacher(torchTeacher ? Torch() : Onnx(), shown), new TeacherSettings(CPU, 1, new Everything().Parts), Classes);
        using var channel = ((IHostEnvironment)new MLContext(seed: 1)).Start("test");
        var settings = new TrainingSettings(
            Epochs, BatchSize, new SgdOptions { LearningRate = .05 }, new ConstantRate(), augmentation, [new Everything()], Seed: 1, CancellationToken.None)
        {
            TeacherCache = cache,
            TemporaryFolder = folder?.Path ?? Path.GetTempPath(),
        };
        var inputs = new TrainingInputs(module, view, Size, store, null, teacher, CPU);
        using var task = new ClassificationTask(settings, inputs);
        using var loop = new TrainingLoop(settings, task, new ProgressReporter(null, channel, settings.Epochs));
        var report = loop.Run().TeacherCache!;
        return (Modules.Weights(module), report, shown);
    }

    private static PixelStore Drawn()
    {
        using var numbered = Stores.Numbered(Rows, Size);
        var store = new PixelStore(Size, long.MaxValue, Path.GetTempPath());
        for (var row = 0; row < Rows; row++)
            numbered.Pixels(row).CopyTo(store.Add(row % Classes.Length));
        return store;
    }

    private static OnnxTeacher Onnx() => OnnxTeacher.FromBytes(InnerGolden.Model(), new() { Normalization = ImageNormalization.ZeroToOne, ClassNames = Classes });

    private static StudentTeacher Torch()
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, Classes.Length);
        return StudentTeacher.FromOnnx(StudentExporter.Standalone(module, StudentExporterTests.Describe("resnet8", Classes.Length, Size, Size)));
    }

    /// <summary>Learns from all that a teacher gives.</summary>
    private sealed class Everything : DistillationMethod
    {
        public override string Name => "Everything";

        public TeacherParts Parts => Needs;

        internal override TeacherParts Needs => TeacherParts.Logits | TeacherParts.Features | TeacherParts.Embedding;

        internal override void Validate(Faults faults)
        {
        }

        internal override DistillationLoss CreateLoss(LossContext context) => new Loss();

        private sealed class Loss : DistillationLoss
        {
            public override IReadOnlyList<LossTerm> Compute(LossInput input)
            {
                var (student, teacher) = (input.Student, input.Teacher!);
                var maps = student.Features.TakeLast(3).Zip(teacher.Features.TakeLast(3), (s, t) => (s.mean([1, 2, 3]) - t.pow(2).mean([1, 2, 3])).pow(2).mean());
                var vectors = (student.Embedding!.mean([1]) - teacher.Embedding!.mean([1])).pow(2).mean();
                return [new("kd", KnowledgeDistillation.SoftenedDivergence(student, teacher, 2), .5), new("maps", maps.Aggregate((a, b) => a + b), .1), new("vectors", vectors, .1)];
            }
        }
    }
}
