using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class NeckDistillationTests
{
    public static TheoryData<string> Inner => ["AttentionTransfer", "HintDistillation", "FspDistillation", "SimilarityPreserving"];

    [Theory]
    [MemberData(nameof(Inner))]
    public void EachLearnsTheMaps(string name)
    {
        var run = Detectors.Train(new NeckDistillation { Method = Create(name) });

        Assert.True(run.Share < .7, $"It fell to {run.Share:P0}.");
        Assert.True(run.FirstLayerGradient > 0);
        Assert.Equal(name is "HintDistillation" or "FspDistillation", run.HelperChanged);
    }

    // The finest level is no stem: it is compared too.
    [Fact]
    public void ItIsTheMethodsOwnTermOverAllLevels()
    {
        using var scope = NewDisposeScope();
        var context = Detectors.Context();
        var (student, teacher) = (Detectors.Output(context.Student, seed: 1), Detectors.Output(context.Teacher!, seed: 2));

        var term = Assert.Single(new NeckDistillation().CreateLoss(context).Compute(new DetectionLossInput(student, teacher, Detectors.Targets())));

        var levels = student.Features.Zip(teacher.Features, (s, t) => AttentionTransfer.Distance(s, t, AttentionForm.Code, AttentionMap.SumPower, 2).item<float>());
        Assert.Equal(("at", 10.0), (term.Name, term.Weight));
        Assert.Equal(levels.Sum(), term.Value.item<float>(), 1e-6);
    }

    [Fact]
    public void APairsPlacesCountFromTheFinestLevel()
    {
        using var scope = NewDisposeScope();
        var context = Detectors.Context();
        var (student, teacher) = (Detectors.Output(context.Student, seed: 1), Detectors.Output(context.Teacher!, seed: 2));
        var method = new NeckDistillation { Method = new AttentionTransfer { Pairs = [new StagePair(0, 0)] } };

        var term = Assert.Single(method.CreateLoss(context).Compute(new DetectionLossInput(student, teacher, Detectors.Targets())));

        Assert.Equal(AttentionTransfer.Distance(student.Features[0], teacher.Features[0], AttentionForm.Code, AttentionMap.SumPower, 2).item<float>(), term.Value.item<float>(), 1e-6);
    }

    // YOLO's task loss is multiplied by the images of the batch, RetinaNet's is not.
    [Theory]
    [InlineData(true, 16, 500)]
    [InlineData(true, 64, 2000)]
    [InlineData(false, 64, 500)]
    public void ItsWeightGrowsAsTheTaskLossDoes(bool yolo, int batch, double expected)
    {
        using var scope = NewDisposeScope();
        var context = Detectors.Context(yolo, batch: batch);
        var input = new DetectionLossInput(Detectors.Output(context.Student, seed: 1), Detectors.Output(context.Teacher!, seed: 2), Detectors.Targets());

        Assert.Equal(expected, Assert.Single(new NeckDistillation { Weight = .5 }.CreateLoss(context).Compute(input)).Weight);
    }

    [Fact]
    public void EveryOptionChangesTraining()
    {
        Detectors.Differ(new NeckDistillation(), new NeckDistillation { Weight = 2 });
        Detectors.Differ(new NeckDistillation(), new NeckDistillation { Method = new AttentionTransfer { Beta = 10 } });
    }

    [Fact]
    public void OptionsAreCheckedAndListed()
    {
        Assert.Equal("NeckDistillation weight 0.01 of SimilarityPreserving weight 3000", new NeckDistillation { Method = new SimilarityPreserving() }.ToString());
        Assert.Null(Detectors.Fault(new NeckDistillation()));
        Assert.Equal(
            "x: NeckDistillation.Method is KnowledgeDistillation, which learns from more than feature maps: choose AttentionTransfer, HintDistillation, FspDistillation or SimilarityPreserving. (Parameter 'p')",
            Detectors.Fault(new NeckDistillation { Method = new KnowledgeDistillation() }));
        var all = Detectors.Fault(new NeckDistillation { Weight = -1, Method = new AttentionTransfer { Beta = -2 } });
        Assert.Contains("NeckDistillation.Weight is -1; it must be 0 or more.", all, StringComparison.Ordinal);
        Assert.Contains("AttentionTransfer.Beta is -2; it must be 0 or more.", all, StringComparison.Ordinal);
        Assert.Contains("NeckDistillation.Method is null.", Detectors.Fault(new NeckDistillation { Method = null! }), StringComparison.Ordinal);
        Assert.Contains("DeepSupervision, which learns from more than feature maps", Detectors.Fault(new NeckDistillation { Method = new DeepSupervision() }), StringComparison.Ordinal);
    }

    [Fact]
    public void APairThatTheNecksDoNotHaveIsRefused() => Assert.Contains(
        "AttentionTransfer.Pairs: 2 is no feature map of the student; it has 0 (P3 4×4×8), 1 (P4 6×2×4).",
        Detectors.Refusal(new NeckDistillation { Method = new AttentionTransfer { Pairs = [new StagePair(2, 1)] } }, Detectors.Context()), StringComparison.Ordinal);

    private static DistillationMethod Create(string name) => name switch
    {
        "AttentionTransfer" => new AttentionTransfer(),
        "HintDistillation" => new HintDistillation(),
        "FspDistillation" => new FspDistillation(),
        _ => new SimilarityPreserving(),
    };
}
