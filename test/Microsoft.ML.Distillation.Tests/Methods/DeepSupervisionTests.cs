using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class DeepSupervisionTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/deep_supervision.json");

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    [Theory]
    [MemberData(nameof(Cases))]
    public void TermAndGradientsAreWhatPyTorchComputes(int index, ScalarType type, double tolerance) =>
        ExitGolden.Check(Goldens[index], new DeepSupervision(), type, tolerance);

    [Fact]
    public void TheGradientIsTheSlopeOfTheValue()
    {
        using var scope = NewDisposeScope();
        var context = Losses.Context(teacher: false);
        context = context with { Student = new OutputShape(3, [new("stem", 1, 2, 2), new("stage1", 3, 2, 2), new("stage2", 4, 1, 1)], 4) };
        var loss = new DeepSupervision().CreateLoss(context);
        using var helper = loss.Helper!;
        helper.to(ScalarType.Float64);
        var labels = new BatchLabels(tensor(new[] { 0L, 2 }));
        Tensor Value(Tensor map) => loss.Compute(new LossInput(new ModelOutput(null, [map, map, map], null), null, labels))[0].Value;
        var at = randn([2, 3, 2, 2], ScalarType.Float64);

        // A central difference of step h is off by about h²·f‴/6, and by the value's rounding (1e-16) over h: both below 1e-9 here.
        Numbers.Close(NumericGradient.Automatic(Value, at), NumericGradient.Of(Value, at, 1e-5), 1e-7);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e4)]
    [InlineData(-1e4)]
    public void ValueAndGradientStayFinite(double value)
    {
        using var scope = NewDisposeScope();
        var loss = new DeepSupervision().CreateLoss(Losses.Context(teacher: false));
        using var helper = loss.Helper!;
        var maps = new[] { 4, 4, 6, 8 }.Select(c => full(2, c, 2, 2, value).requires_grad_()).ToList();

        var term = loss.Compute(new LossInput(new ModelOutput(null, maps, null), null, new BatchLabels(tensor(new[] { 0L, 1 }))))[0].Value;
        term.backward();

        Assert.True(double.IsFinite(term.item<float>()));
        Assert.All(Numbers.Of(maps[1].grad!), g => Assert.True(double.IsFinite(g)));
    }

    [Fact]
    public void ATrainedStudentsStagesComeToKnowTheLabels()
    {
        var run = Losses.Train(new DeepSupervision());

        Assert.True(run.Share < .7, $"The term fell to {run.Share:P0}.");
        Assert.True(run.FirstLayerGradient > 0);
        Assert.True(run.HelperChanged);
    }

    [Fact]
    public void EveryOptionMatters()
    {
        DeepSupervision[] methods = [new(), new() { Weight = 2 }, new() { Stages = [2] }, new() { Stages = [2, 0] }];

        var first = methods.Select(m => Losses.Train(m, steps: 1).Values[0]).ToList();

        Assert.Equal(methods.Length, first.Distinct().Count());
        Assert.Equal(2 * first[0], first[1], 6);
        Assert.Equal("DeepSupervision stages automatic weight 1", $"{methods[0]}");
        Assert.Equal("DeepSupervision stages 2, 0 weight 1", $"{methods[3]}");
    }

    [Fact]
    public void ExitsAreOfTheStagesBetweenStemAndDeepestAndNeedNoTeacher()
    {
        var (automatic, given) = (Create(new DeepSupervision()), Create(new DeepSupervision { Stages = [2, 0] }));
        using var helpers = automatic.Helper;
        using var others = given.Helper;

        Assert.Equal([(1, "layer1"), (2, "layer2")], automatic.Exits.Select(e => (e.Stage, e.StageName)));
        Assert.Equal([(0, "conv1"), (2, "layer2")], given.Exits.Select(e => (e.Stage, e.StageName)));
        Assert.Equal((TeacherParts.None, BatchParts.Labels), (new DeepSupervision().Needs, new DeepSupervision().Uses));

        static DistillationLoss Create(DeepSupervision method) => method.CreateLoss(Losses.Context(teacher: false));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void StagesThatAreNotThereAreRefused(int stage) => Assert.Equal(
        $"Methods of DistillImageClassification: DeepSupervision.Stages: {stage} is no feature map of the student before its deepest, whose exit is the student's own; "
            + "it has 0 (conv1 4×16×16), 1 (layer1 4×16×16), 2 (layer2 6×8×8), 3 (layer3 8×4×4). (Parameter 'options')",
        Losses.Refusal(new DeepSupervision { Stages = [stage] }, Losses.Context(teacher: false)));

    [Fact]
    public void AStudentOfOneStageIsRefused()
    {
        var context = Losses.Context(teacher: false);
        context = context with { Student = context.Student with { Features = [.. context.Student.Features.Take(2)] } };

        Assert.Equal(
            "Methods of DistillImageClassification: DeepSupervision needs two stages beside the stem; the student has 0 (conv1 4×16×16), 1 (layer1 4×16×16). "
                + "Choose a deeper student. (Parameter 'options')",
            Losses.Refusal(new DeepSupervision(), context));
    }

    public static TheoryData<DeepSupervision, string> Faulty() => new()
    {
        { new() { Weight = 0 }, "Weight is 0; it must be above 0." },
        { new() { Weight = double.NaN }, "Weight is NaN; it must be above 0." },
        { new() { Stages = [] }, "Stages is empty, so nothing would be learned; name stages, or leave it null for all." },
        { new() { Stages = [1, 2, 1] }, "Stages names a stage twice." },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void OptionsOutOfRangeAreFaults(DeepSupervision method, string fault)
    {
        var faults = new Faults("x");

        method.Validate(faults);

        Assert.Equal($"x: DeepSupervision.{fault} (Parameter 'p')", Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("p")).Message);
    }
}
