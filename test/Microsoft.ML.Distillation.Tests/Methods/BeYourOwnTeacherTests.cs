using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class BeYourOwnTeacherTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/be_your_own_teacher.json");

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    [Theory]
    [MemberData(nameof(Cases))]
    public void TermsAndGradientsAreWhatPyTorchComputes(int index, ScalarType type, double tolerance) =>
        ExitGolden.Check(Goldens[index], new BeYourOwnTeacher { Temperature = Goldens[index].Options["temperature"] }, type, tolerance);

    [Fact]
    public void TheGradientIsTheSlopeOfTheValue()
    {
        using var scope = NewDisposeScope();
        var (logits, map) = (randn([3, 4], ScalarType.Float64), randn([2, 3, 2, 3], ScalarType.Float64));
        Tensor Kl(Tensor exit) => BeYourOwnTeacher.Divergence(exit, logits, 3);
        Tensor Hint(Tensor exit) => BeYourOwnTeacher.Hint(exit, map);

        // A central difference of step h is off by about h²·f‴/6, and by the value's rounding (1e-16) over h: both below 1e-9 here.
        Numbers.Close(NumericGradient.Automatic(Kl, logits.flip(0)), NumericGradient.Of(Kl, logits.flip(0), 1e-5), 1e-7);
        Numbers.Close(NumericGradient.Automatic(Hint, map.flip(0)), NumericGradient.Of(Hint, map.flip(0), 1e-5), 1e-7);
    }

    [Fact]
    public void KlAndHintAreZeroWithoutGradientWhereAnExitEqualsTheDeepest()
    {
        using var scope = NewDisposeScope();
        var (logits, map) = (randn([3, 4], ScalarType.Float64).requires_grad_(), randn([2, 3, 2, 3], ScalarType.Float64).requires_grad_());

        var sum = BeYourOwnTeacher.Divergence(logits, logits, 3) + BeYourOwnTeacher.Hint(map, map);
        sum.backward();

        Assert.Equal(0, sum.item<double>());
        Numbers.Within(new double[12], Numbers.Of(logits.grad!), 1e-15); // rounding of probabilities that add up to 1
        Assert.All(Numbers.Of(map.grad!), g => Assert.Equal(0, g));
    }

    [Fact]
    public void TheHintDoesNotDependOnTheSizeOfTheMap()
    {
        using var scope = NewDisposeScope();
        var (exit, deepest) = (randn([2, 3, 2, 2], ScalarType.Float64), randn([2, 3, 2, 2], ScalarType.Float64));

        Numbers.Close(
            Numbers.Of(BeYourOwnTeacher.Hint(exit, deepest)), Numbers.Of(BeYourOwnTeacher.Hint(exit.repeat(1, 1, 3, 2), deepest.repeat(1, 1, 3, 2))), 1e-12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e4)]
    [InlineData(-1e4)]
    public void ValuesAndGradientsStayFinite(double value)
    {
        using var scope = NewDisposeScope();
        var loss = new BeYourOwnTeacher().CreateLoss(Losses.Context(teacher: false));
        using var helper = loss.Helper!;
        int[] channels = [4, 4, 6, 8], sizes = [16, 16, 8, 4];
        var maps = channels.Zip(sizes, (c, s) => full(2, c, s, s, value).requires_grad_()).ToList();
        var logits = tensor(new[] { value, -value, 0, 0, 0, 0, 0, value, value, 0 }, [2, 5]).to(ScalarType.Float32);

        var terms = loss.Compute(new LossInput(new ModelOutput(logits, maps, null), null, new BatchLabels(tensor(new[] { 0L, 1 }))));
        terms.Select(t => t.Value * t.Weight).Aggregate((a, b) => a + b).backward();

        Assert.All(terms, t => Assert.True(double.IsFinite(t.Value.item<float>()), t.Name));
        Assert.All(Numbers.Of(maps[1].grad!), g => Assert.True(double.IsFinite(g)));
    }

    [Fact]
    public void ATrainedStudentsExitsComeToKnowWhatItKnows()
    {
        var run = Losses.Train(new BeYourOwnTeacher());

        Assert.True(run.Share < .7, $"The terms fell to {run.Share:P0}.");
        Assert.True(run.FirstLayerGradient > 0);
        Assert.True(run.HelperChanged);
    }

    [Fact]
    public void EveryOptionMatters()
    {
        BeYourOwnTeacher[] methods = [new(), new() { Alpha = .6 }, new() { Temperature = 1 }, new() { HintWeight = 0 }, new() { Stages = [2] }];

        Assert.Equal(methods.Length, methods.Select(m => Losses.Train(m, steps: 1).Values[0]).Distinct().Count());
        Assert.Equal("BeYourOwnTeacher alpha 0.3 temperature 3 hint weight 0.03 stages automatic", $"{methods[0]}");
        Assert.Equal("BeYourOwnTeacher alpha 0.3 temperature 3 hint weight 0.03 stages 2", $"{methods[4]}");
    }

    [Fact]
    public void TermsHaveTheirWeights()
    {
        using var scope = NewDisposeScope();
        var loss = new BeYourOwnTeacher { Alpha = .25, HintWeight = .5 }.CreateLoss(Losses.Context(teacher: false));
        using var helper = loss.Helper!;
        int[] channels = [4, 4, 6, 8], sizes = [16, 16, 8, 4];
        var output = new ModelOutput(randn(2, 5), [.. channels.Zip(sizes, (c, s) => randn(2, c, s, s))], null);

        var terms = loss.Compute(new LossInput(output, null, new BatchLabels(tensor(new[] { 0L, 1 }))));

        Assert.Equal([("exit ce", .75), ("exit kl", .25), ("exit hint", .5)], terms.Select(t => (t.Name, t.Weight)));
        Assert.Equal([(1, "layer1"), (2, "layer2")], loss.Exits.Select(e => (e.Stage, e.StageName)));
        var method = new BeYourOwnTeacher();
        Assert.Equal((TeacherParts.None, BatchParts.Labels, 1.0), (method.Needs, method.Uses, method.TaskWeight));
    }

    [Fact]
    public void AStageThatCantBeHalvedToTheDeepestIsRefused()
    {
        var context = Losses.Context(teacher: false);
        context = context with { Student = new OutputShape(3, [new("stem", 4, 15, 15), new("a", 4, 15, 15), new("b", 4, 10, 10), new("c", 8, 5, 5)], 8) };

        Assert.Equal(
            "Methods of DistillImageClassification: BeYourOwnTeacher.Stages: 1 (a 4×15×15) can't be brought to the deepest map (c 8×5×5) by halving its size; "
                + "leave that stage out. (Parameter 'options')",
            Losses.Refusal(new BeYourOwnTeacher(), context));
        Assert.Null(Losses.Refusal(new BeYourOwnTeacher { Stages = [2] }, context));
    }

    [Fact]
    public void AStageThatIsNotThereIsRefused() => Assert.Equal(
        "Methods of DistillImageClassification: BeYourOwnTeacher.Stages: 4 is no feature map of the student before its deepest, whose exit is the student's own; "
            + "it has 0 (conv1 4×16×16), 1 (layer1 4×16×16), 2 (layer2 6×8×8), 3 (layer3 8×4×4). (Parameter 'options')",
        Losses.Refusal(new BeYourOwnTeacher { Stages = [4] }, Losses.Context(teacher: false)));

    public static TheoryData<BeYourOwnTeacher, string> Faulty() => new()
    {
        { new() { Alpha = 1.1 }, "Alpha is 1.1; it must be from 0 to 1." },
        { new() { Alpha = double.NaN }, "Alpha is NaN; it must be from 0 to 1." },
        { new() { Temperature = 0 }, "Temperature is 0; it must be above 0." },
        { new() { HintWeight = -1 }, "HintWeight is -1; it must be 0 or more." },
        { new() { Stages = [] }, "Stages is empty, so nothing would be learned; name stages, or leave it null for all." },
        { new() { Stages = [1, 1] }, "Stages names a stage twice." },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void OptionsOutOfRangeAreFaults(BeYourOwnTeacher method, string fault)
    {
        var faults = new Faults("x");

        method.Validate(faults);

        Assert.Equal($"x: BeYourOwnTeacher.{fault} (Parameter 'p')", Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("p")).Message);
    }
}
