using Microsoft.ML.Distillation.Tests.Teachers;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>What teachers of every kind leave behind, by figures of the whole process: these run alone.</summary>
[Collection(nameof(NoParallelization))]
public class TeacherMemoryTests
{
    private static readonly IReadOnlyList<DrawnRow> Rows = Drawn.Rows(48);

    [Fact]
    public void NoTensorOutlivesAStepOrARun()
    {
        var ml = new MLContext(seed: 1);
        using var student = Quick.Fit(Quick.Options(epochs: 1), Rows);
        using var network = TinyNetwork.OfColours();
        var module = new ModuleTeacher(network, new() { Normalization = ImageNormalization.ZeroToOne, ClassNames = Drawn.Classes, EmbeddingModule = "flat" });
        var ensemble = new EnsembleTeacher(ColourTeacher.Named("blue", "green", "red"), StudentTeacher.FromTransformer(student), module, new TransformerTeacher(student));
        var data = Drawn.View(ml, Rows);
        var tensors = new Dictionary<long, long>();
        var listener = new Listener(p =>
        {
            if (p.Phase == DistillationPhase.Training && p.Step > 0)
                tensors[p.Step] = Tensor.TotalCount;
        });
        // One for the student that is trained, two for the student that teaches, which is opened to learn from and to be measured: a module's parameters stay in TorchSharp's count.
        var ofAStudent = StillCounted(() => ImageClassifier.ResNet8.CreateModule(Drawn.Classes, seed: 1).Dispose());

        var left = StillCounted(() => ml.DistillImageClassification(Quick.Options(ensemble, epochs: 4, progress: listener)).Fit(data, data).Dispose());

        Assert.Equal(3 * ofAStudent, left);
        Assert.True(tensors.Count >= 4); // at least at the end of every epoch
        // After the first epoch, of three steps, the state that is kept has the optimiser's momenta, and the best weights are kept.
        Assert.All(tensors.Where(t => t.Key > 6), t => Assert.Equal(tensors[6], t.Value));
    }

    private static long StillCounted(Action action)
    {
        var before = Tensor.TotalCount;
        action();
        return Tensor.TotalCount - before;
    }
}
