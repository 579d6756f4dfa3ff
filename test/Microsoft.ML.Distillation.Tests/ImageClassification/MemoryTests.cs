using Microsoft.ML.Distillation.Tests.Teachers;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>What a run leaves behind, by figures of the whole process: these run alone.</summary>
[Collection(nameof(NoParallelization))]
public class MemoryTests
{
    // A step that kept its activations would keep 3 MiB (16 images of 16×16, some 15 maps of 16 to 64 channels), 180 of them 540 MiB. A tenth of that is
    // what the managed heap and malloc's arenas may breathe.
    private const long Tolerance = 54L << 20;

    [Fact]
    public void TwoHundredStepsTakeNoMoreMemoryThanTwenty()
    {
        var (memory, tensors) = (new Dictionary<long, long>(), new Dictionary<long, long>());
        var listener = new Listener(p =>
        {
            if (p.Phase != DistillationPhase.Training || p.Step == 0)
                return;
            memory[p.Step] = Environment.WorkingSet;
            tensors[p.Step] = Tensor.TotalCount;
        });

        using var student = Quick.Fit(Quick.Options(ColourTeacher.Named(Drawn.Classes), epochs: 50, batch: 16, size: new ImageSize(16, 16), rate: .01, progress: listener), Drawn.Rows(64, size: 16));

        Assert.Equal(200, memory.Keys.Max());
        Assert.InRange(memory[200] - memory[20], long.MinValue, Tolerance);
        Assert.InRange(memory.Where(m => m.Key > 20).Max(m => m.Value) - memory[20], long.MinValue, Tolerance);
        // After the first epoch, of four steps, the state that is kept has the optimiser's momenta too.
        Assert.All(tensors.Where(t => t.Key > 8), t => Assert.Equal(tensors[8], t.Value));
    }

    [Fact]
    public void MethodsWithHelpersCompanionsAndMixingKeepNothingFromStepToStep()
    {
        var tensors = new Dictionary<(int, long), long>();
        var run = 0;
        var listener = new Listener(p =>
        {
            if (p.Phase == DistillationPhase.Training && p.Step > 0)
                tensors[(run, p.Step)] = Tensor.TotalCount;
        });
        foreach (var method in new DistillationMethod[] { new ClassWiseSelfDistillation(), new DataDistortion(), new FeatureRefinement(), new LabelAugmentation() })
        {
            run++;
            using var student = Quick.Fit(
                new ImageClassificationDistillationOptions
                {
                    Methods = { method },
                    Student = ImageClassifier.ResNet8,
                    ImageSize = Quick.Size,
                    Epochs = 3,
                    BatchSize = 16,
                    Augmentation = (method.Uses & BatchParts.OneLabel) != 0 ? new() : new() { Mixup = 1, CutMix = 1 },
                    Threads = 1,
                    Progress = listener,
                },
                Drawn.Rows(64));

            Assert.Equal(12, tensors.Keys.Where(k => k.Item1 == run).Max(k => k.Item2));
            // After the first step the optimiser has its momenta, after the first epoch the means are counted anew, and the state that is kept has the momenta too.
            Assert.All(tensors.Where(t => t.Key.Item1 == run && t.Key.Item2 > 8), t => Assert.Equal(tensors[(run, 8)], t.Value));
        }
    }

    [Fact]
    public void NoTensorOutlivesARun()
    {
        var ml = new MLContext(seed: 1);
        var data = Drawn.View(ml, Drawn.Rows(48));
        var ofAStudent = StillCounted(() => ImageClassifier.ResNet8.CreateModule(Drawn.Classes, seed: 1).Dispose());

        Assert.Equal(ofAStudent, StillCounted(() => ml.DistillImageClassification(Quick.Options(ColourTeacher.Unnamed(Drawn.Classes))).Fit(data, data).Dispose()));
    }

    [Fact]
    public void NoTensorOutlivesARunThatIsCancelled()
    {
        using var source = new CancellationTokenSource();
        var listener = new Listener(p =>
        {
            if (p.Phase == DistillationPhase.Training && p.Step > 0)
                source.Cancel();
        });
        var options = Quick.Options(ColourTeacher.Named("blue", "green", "red"), progress: listener, cancellation: source.Token);
        var ofAStudent = StillCounted(() => ImageClassifier.ResNet8.CreateModule(Drawn.Classes, seed: 1).Dispose());

        Assert.Equal(ofAStudent, StillCounted(() => Assert.ThrowsAny<OperationCanceledException>(() => Quick.Fit(options, Drawn.Rows(48)))));
    }

    [Fact]
    public void NoTensorOutlivesATeachersMeasuring()
    {
        var ml = new MLContext(seed: 1);

        Assert.Equal(0, StillCounted(() => ml.EvaluateTeacher(ColourTeacher.Named("blue", "green", "red"), Drawn.View(ml, Drawn.Rows(48)), imageSize: Quick.Size)));
    }

    [Fact]
    public void NoTensorOutlivesACheckup()
    {
        var ml = new MLContext(seed: 1);
        using var network = TinyNetwork.OfColours();
        var module = new ModuleTeacher(network, new() { Normalization = ImageNormalization.ZeroToOne, ClassNames = Drawn.Classes, FeatureModules = ["pool"], EmbeddingModule = "flat" });

        Assert.Equal(0, StillCounted(() => ml.CheckTeacher(
            new EnsembleTeacher(module, ColourTeacher.Named("green", "red", "blue")), Drawn.View(ml, Drawn.Rows(48)), [new KnowledgeDistillation(), new AttentionTransfer()], imageSize: Quick.Size)));
    }

    [Fact]
    public void TheNumberOfThreadsIsSetBack()
    {
        var before = get_num_threads();
        try
        {
            set_num_threads(2);
            using var student = Quick.Fit(Quick.Options(epochs: 1), Drawn.Rows(12));

            Assert.Equal(2, get_num_threads());
        }
        finally
        {
            set_num_threads(before);
        }
    }

    // TorchSharp goes on counting a tensor that became a Parameter, even when that is disposed of: what a student's Parameters leave in the count is no tensor.
    private static long StillCounted(Action action)
    {
        var before = Tensor.TotalCount;
        action();
        return Tensor.TotalCount - before;
    }
}
