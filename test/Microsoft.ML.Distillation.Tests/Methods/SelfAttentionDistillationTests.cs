using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class SelfAttentionDistillationTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/self_attention_distillation.json");

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    [Theory]
    [MemberData(nameof(Cases))]
    public void TermAndGradientsAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var (learner, target) = (golden.Tensor("learner", type), golden.Tensor("target", type));
        var detach = golden.Options["detach"] == 1;

        var term = SelfAttentionDistillation.Difference(learner, target, detach);
        term.backward();

        Numbers.Close([golden.Terms["sad"]], Numbers.Of(term), tolerance);
        Numbers.Close(golden.Gradients["learner"], Numbers.Of(learner.grad!), tolerance);
        if (detach)
            Assert.Null(target.grad);
        else
            Numbers.Close(golden.Gradients["target"], Numbers.Of(target.grad!), tolerance);
    }

    [Fact]
    public void TheGradientIsTheSlopeOfTheValue()
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[0];
        var target = golden.Tensor("target", ScalarType.Float64).detach();
        Tensor Value(Tensor learner) => SelfAttentionDistillation.Difference(learner, target, detach: true);

        // A central difference of step h is off by about h²·f‴/6, and by the value's rounding (1e-16) over h: both below 1e-9 here.
        Numbers.Close(
            NumericGradient.Automatic(Value, golden.Tensor("learner", ScalarType.Float64)), NumericGradient.Of(Value, golden.Tensor("learner", ScalarType.Float64), 1e-5), 1e-7);
    }

    [Fact]
    public void AttentionAddsUpToOneAndDoesNotSeeSignsOrTheOrderOfChannels()
    {
        using var scope = NewDisposeScope();
        var features = randn([3, 4, 5, 6], ScalarType.Float64);
        static Tensor Attention(Tensor f) => SelfAttentionDistillation.Attention(AttentionMaps.Map(f, AttentionMap.SumPower, 2), 10, 12);

        var attention = Attention(features);

        Assert.Equal([3, 120], attention.shape);
        Numbers.Close([1, 1, 1], Numbers.Of(attention.sum(1)), 1e-12);
        Numbers.Close(Numbers.Of(attention), Numbers.Of(Attention(-features.flip(1))), 1e-12);
    }

    [Fact]
    public void ItIsZeroWithoutGradientBetweenEqualMaps()
    {
        using var scope = NewDisposeScope();
        var learner = randn([2, 3, 4, 4], ScalarType.Float64).requires_grad_();

        var term = SelfAttentionDistillation.Difference(learner, learner.detach().flip(1), detach: true);
        term.backward();

        Numbers.Within([0], Numbers.Of(term), 1e-30); // channels are added up in another order
        Numbers.Within(new double[learner.numel()], Numbers.Of(learner.grad!), 1e-14);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e4)]
    [InlineData(-1e4)]
    public void ValueAndGradientStayFinite(double value)
    {
        using var scope = NewDisposeScope();
        var learner = (zeros(2, 3, 4, 4) + value * eye(4)).requires_grad_();
        var target = zeros(2, 3, 2, 2) + value * eye(2).flip(0);

        var term = SelfAttentionDistillation.Difference(learner, target, detach: true);
        term.backward();

        Assert.InRange(term.item<float>(), 0, 2);
        Assert.All(Numbers.Of(learner.grad!), g => Assert.True(double.IsFinite(g)));
    }

    [Fact]
    public void TheDeepestStagesLearnFromTheNext()
    {
        OutputShape Stages(int count) => new(3, [.. Enumerable.Range(0, count).Select(i => new MapShape($"stage{i}", 4, 8, 8))], 4);

        Assert.Equal([new StagePath(2, 3), new StagePath(3, 4)], StagePath.Resolve(null, Stages(5)));
        Assert.Equal([new StagePath(2, 3)], StagePath.Resolve(null, Stages(4)));
        Assert.Equal([new StagePath(1, 2)], StagePath.Resolve(null, Stages(3)));
        Assert.Empty(StagePath.Resolve(null, Stages(2)));
        Assert.Equal([new StagePath(3, 1)], StagePath.Resolve([new(3, 1)], Stages(5)));
    }

    [Fact]
    public void BeforeItsStartItIsReportedWithoutMovingAnything()
    {
        using var scope = NewDisposeScope();
        var features = Enumerable.Range(0, 4).Select(i => randn([2, 3, 8 >> i, 8 >> i]).requires_grad_()).ToList();
        var loss = new SelfAttentionDistillation { Weight = .5, Start = .25 }.CreateLoss(Losses.Context(epochs: 8));
        LossTerm At(double epoch) =>
            Assert.Single(loss.Compute(new LossInput(new ModelOutput(null, features, null), null, new BatchLabels(zeros(2, ScalarType.Int64))) { Epoch = epoch }));

        var (before, after) = (At(1.99), At(2));

        Assert.Equal(("sad", 0.0, false), (before.Name, before.Weight, before.Value.requires_grad));
        Assert.Equal(("sad", .5, true), (after.Name, after.Weight, after.Value.requires_grad));
        Assert.Equal(before.Value.item<float>(), after.Value.item<float>());
    }

    // New weights look at single places, different ones: small steps, or the stage that learns jumps from place to place, and the target, which it feeds, with it.
    [Theory]
    [InlineData(true, 1, .003, 200)]
    [InlineData(false, 3, .01, 80)]
    public void ATrainedStudentsStagesComeToLookAtTheSamePlaces(bool detach, double weight, double rate, int steps)
    {
        var run = Losses.Train(new SelfAttentionDistillation { Start = 0, Weight = weight, DetachTarget = detach }, steps, rate);

        Assert.True(run.Share < .7, $"The term fell to {run.Share:P0}.");
        Assert.True(run.FirstLayerGradient > 0);
    }

    [Fact]
    public void EveryOptionMatters()
    {
        var (first, last) = (new double[6], new double[6]);
        SelfAttentionDistillation[] methods =
        [
            new() { Start = 0 }, new() { Start = 0, Weight = 3 }, new() { Start = 0, DetachTarget = false }, new() { Start = 0, Paths = [new(1, 3)] },
            new() { Start = 0, Map = AttentionMap.MaxPower }, new() { Start = 0, Power = 1.5 },
        ];
        for (var i = 0; i < methods.Length; i++)
        {
            var values = Losses.Train(methods[i], steps: 3).Values;
            (first[i], last[i]) = (values[0], values[^1]);
        }

        Assert.Equal(methods.Length, last.Distinct().Count());
        Assert.Equal(first[0], first[2]); // what moves does not change where it starts
        Assert.Equal(
            "SelfAttentionDistillation paths automatic map SumPower power 2 weight 0.1 start 0.667 target detached", new SelfAttentionDistillation().ToString());
        Assert.Equal(
            "SelfAttentionDistillation paths 3→1, 1→2 map SumAbsolute power 2 weight 1 start 0 target moves",
            new SelfAttentionDistillation { Paths = [new(3, 1), new(1, 2)], Map = AttentionMap.SumAbsolute, Weight = 1, Start = 0, DetachTarget = false }.ToString());
    }

    [Fact]
    public void ItNeedsNoTeacher()
    {
        Assert.Equal(TeacherParts.None, new SelfAttentionDistillation().Needs);
        Assert.Null(Losses.Refusal(new SelfAttentionDistillation(), Losses.Context(teacher: false)));
        Assert.Null(new SelfAttentionDistillation().CreateLoss(Losses.Context(teacher: false)).Helper);
    }

    [Theory]
    [InlineData(4, 3, "Paths: 4 is no feature map of the student; it has 0 (conv1 4×16×16), 1 (layer1 4×16×16), 2 (layer2 6×8×8), 3 (layer3 8×4×4).")]
    [InlineData(2, -1, "Paths: -1 is no feature map of the student; it has 0 (conv1 4×16×16), 1 (layer1 4×16×16), 2 (layer2 6×8×8), 3 (layer3 8×4×4).")]
    [InlineData(2, 2, "Paths: the path from 2 leads to 2; a stage can't learn from itself.")]
    public void PathsThatAreNotThereAreRefused(int from, int to, string fault) => Assert.Equal(
        $"Methods of DistillImageClassification: SelfAttentionDistillation.{fault} (Parameter 'options')",
        Losses.Refusal(new SelfAttentionDistillation { Paths = [new(from, to)] }, Losses.Context(teacher: false)));

    [Fact]
    public void AStudentOfOneStageIsRefused()
    {
        var context = Losses.Context(teacher: false);
        context = context with { Student = context.Student with { Features = [.. context.Student.Features.Take(2)] } };

        Assert.Equal(
            "Methods of DistillImageClassification: SelfAttentionDistillation needs two stages beside the stem; the student has 0 (conv1 4×16×16), 1 (layer1 4×16×16). "
                + "Choose a deeper student. (Parameter 'options')",
            Losses.Refusal(new SelfAttentionDistillation(), context));
    }

    public static TheoryData<SelfAttentionDistillation, string> Faulty() => new()
    {
        { new() { Paths = [] }, "Paths is empty, so nothing would be learned; name paths, or leave it null for the deepest stages." },
        { new() { Paths = [null!] }, "Paths holds a null; leave it out." },
        { new() { Map = (AttentionMap)7 }, "Map is 7; it must be SumAbsolute, SumPower or MaxPower." },
        { new() { Power = .5 }, "Power is 0.5; it must be 1 or more." },
        { new() { Weight = 0 }, "Weight is 0; it must be above 0." },
        { new() { Weight = double.PositiveInfinity }, "Weight is Infinity; it must be above 0." },
        { new() { Start = 1 }, "Start is 1; it must be from 0 up to, not including, 1." },
        { new() { Start = -.1 }, "Start is -0.1; it must be from 0 up to, not including, 1." },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void OptionsOutOfRangeAreFaults(SelfAttentionDistillation method, string fault)
    {
        var faults = new Faults("x");

        method.Validate(faults);

        Assert.Equal($"x: SelfAttentionDistillation.{fault} (Parameter 'p')", Assert.Throws<ArgumentException>(() => faults.ThrowIfAny("p")).Message);
    }
}
