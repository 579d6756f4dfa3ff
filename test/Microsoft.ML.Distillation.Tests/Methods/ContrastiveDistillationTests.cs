using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class ContrastiveDistillationTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/contrastive_distillation.json");

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    public static TheoryData<string> Changes => [.. Variants.Keys];

    // Of the loss at one step the momentum changes nothing yet: three are taken.
    private static Dictionary<string, ContrastiveDistillation> Variants => new()
    {
        ["weight"] = new() { Negatives = 20, Weight = .4 },
        ["temperature"] = new() { Negatives = 20, Temperature = .2 },
        ["negatives"] = new() { Negatives = 21 },
        ["momentum"] = new() { Negatives = 20, Momentum = .9 },
        ["width"] = new() { Negatives = 20, Width = 32 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheTermAndItsGradientAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var student = golden.Tensor("student", type);
        var similarities = Similarities(golden, student);
        var count = golden.Tensors["bank"].Shape[0];

        Numbers.Close([golden.Options["logZ"]], Numbers.Of(ContrastiveDistillation.LogNormalizer(similarities.detach(), count)), tolerance);
        MethodChecks.Matches(golden, "crd", Contrast(golden, student), tolerance, ("student", student));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TheGradientIsTheSlopeOfTheValue(int index) =>
        MethodChecks.GradientIsTheSlope(student => Contrast(Goldens[index], student), Goldens[index].Tensors["student"]);

    [Fact]
    public void OnlyDirectionsCount()
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[0];

        Numbers.Close([golden.Terms["crd"]], Numbers.Of(Contrast(golden, golden.Tensor("student", ScalarType.Float64) * 3)), 1e-12);
    }

    [Theory]
    [InlineData(1e4)]
    [InlineData(0)]
    public void ValueAndGradientStayFinite(double scale)
    {
        using var scope = NewDisposeScope();

        MethodChecks.Finite(MethodChecks.Of(s => Contrast(Goldens[0], s), Goldens[0].Tensor("student", ScalarType.Float32) * scale));
    }

    [Fact]
    public void AStudentLearnsToRecogniseTheTeachersImages()
    {
        // To a teacher that was never trained all images look nearly alike; this one tells them apart.
        var known = Numbers.Gaussian(Losses.Batch * 12, seed: 9);

        var run = Losses.Train(
            new ContrastiveDistillation { Negatives = 20 },
            change: (_, input) => input with { Teacher = input.Teacher! with { Embedding = tensor(known, [Losses.Batch, 12]) } });

        Assert.True(run.Share < .7, $"It fell to {run.Share:P0}.");
        Assert.True(run.FirstLayerGradient > 0);
        Assert.True(run.HelperChanged);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void EveryOptionChangesTraining(string option) => Assert.NotEqual(
        Losses.Train(new ContrastiveDistillation { Negatives = 20 }, steps: 3).Values, Losses.Train(Variants[option], steps: 3).Values);

    [Fact]
    public void TheSameSeedGivesTheSameCourseAndAnotherAnother()
    {
        var values = Losses.Train(new ContrastiveDistillation { Negatives = 20 }, steps: 3).Values;

        Assert.Equal(values, Losses.Train(new ContrastiveDistillation { Negatives = 20 }, steps: 3).Values);
        Assert.NotEqual(values, Losses.Train(new ContrastiveDistillation { Negatives = 20 }, steps: 3, context: Losses.Context() with { Seed = 2 }).Values);
    }

    [Fact]
    public void TheNormalizersAreThoseOfTheFirstBatch()
    {
        using var scope = NewDisposeScope();
        var loss = new ContrastiveDistillation { Negatives = 20 }.CreateLoss(Losses.Context());
        using var helper = (ContrastHelper)loss.Helper!;
        Assert.All(Numbers.Of(helper.LogNormalizers), z => Assert.True(double.IsNaN(z)));

        loss.Compute(Input(seed: 1));
        var first = Numbers.Of(helper.LogNormalizers);
        loss.Compute(Input(seed: 2));

        Assert.All(first, z => Assert.True(double.IsFinite(z)));
        Assert.NotEqual(first[0], first[1]);
        Assert.Equal(first, Numbers.Of(helper.LogNormalizers));
    }

    [Fact]
    public void AStepsEmbeddingsEnterTheBanksAtTheNext()
    {
        using var scope = NewDisposeScope();
        using var helper = new ContrastHelper(Losses.Context() with { BatchSize = 3 }, width: 4);
        helper.Enter(momentum: .25);
        var before = Rows(helper.StudentBank);
        var seen = UnitLength.Of(tensor(Numbers.Gaussian(12, seed: 3), [3, 4]));

        helper.Wait(tensor(new long[] { 7, 2, 9 }), seen, -seen);
        Assert.Equal(before, Rows(helper.StudentBank));
        helper.Enter(momentum: .25);

        var after = Rows(helper.StudentBank);
        var expected = UnitLength.Of(tensor([.. before[7].Select(v => .25 * v)]) + seen[0].to(ScalarType.Float64) * .75);
        Numbers.Close(Numbers.Of(expected), after[7], 1e-6);
        Assert.Equal([2, 7, 9], Enumerable.Range(0, Losses.Batch).Where(row => !before[row].SequenceEqual(after[row])));
        Assert.NotEqual(after[7], Rows(helper.TeacherBank)[7]);
    }

    [Fact]
    public void NegativesAreOfOtherClassesAndFollowFromSeedStepAndRow()
    {
        int[] labels = [2, 0, 2, 1, 0, 2, 1, 4];
        var (sampler, draws) = (new NegativeSampler(labels, seed: 1), new long[400]);

        for (var row = 0; row < labels.Length; row++)
        {
            sampler.Draw(row, step: 5, draws);
            // In 400 draws from 7 rows at most, each is missing with a chance of (6/7)^400 = 1e-27.
            Assert.Equal(Enumerable.Range(0, labels.Length).Where(r => labels[r] != labels[row]).Select(r => (long)r), draws.Distinct().Order());
        }
        Assert.Equal(Draw(1, 5, 3), Draw(1, 5, 3));
        Assert.NotEqual(Draw(1, 5, 3), Draw(2, 5, 3));
        Assert.NotEqual(Draw(1, 5, 3), Draw(1, 6, 3));
        Assert.NotEqual(Draw(1, 5, 3), Draw(1, 5, 6));

        long[] Draw(long seed, long step, int row)
        {
            var drawn = new long[20];
            new NegativeSampler(labels, seed).Draw(row, step, drawn);
            return drawn;
        }
    }

    [Fact]
    public void OptionsAreCheckedAndListed()
    {
        var method = new ContrastiveDistillation();

        Assert.Equal((TeacherParts.Embedding, BatchParts.OneLabel), (method.Needs, method.Uses));
        Assert.Equal("ContrastiveDistillation weight 0.8 temperature 0.07 negatives 16384 momentum 0.5 width 128", method.ToString());
        Assert.Null(MethodChecks.Fault(method));
        Assert.Equal("x: ContrastiveDistillation.Weight is -1; it must be 0 or more. (Parameter 'p')", MethodChecks.Fault(new ContrastiveDistillation { Weight = -1 }));
        Assert.Equal("x: ContrastiveDistillation.Temperature is 0; it must be above 0. (Parameter 'p')", MethodChecks.Fault(new ContrastiveDistillation { Temperature = 0 }));
        Assert.Equal("x: ContrastiveDistillation.Negatives is 0; it must be 1 or more. (Parameter 'p')", MethodChecks.Fault(new ContrastiveDistillation { Negatives = 0 }));
        Assert.Equal(
            "x: ContrastiveDistillation.Momentum is 1; it must be 0 or more and below 1. (Parameter 'p')", MethodChecks.Fault(new ContrastiveDistillation { Momentum = 1 }));
        Assert.Equal("x: ContrastiveDistillation.Width is 0; it must be 1 or more. (Parameter 'p')", MethodChecks.Fault(new ContrastiveDistillation { Width = 0 }));
    }

    [Fact]
    public void DataThatDoesNotFitIsRefused()
    {
        var (method, context) = (new ContrastiveDistillation { Negatives = 20 }, Losses.Context());

        Assert.Null(Losses.Refusal(method, context));
        Assert.Equal(
            "Methods of DistillImageClassification: ContrastiveDistillation tells images from those of other classes, and all training images are of one; "
            + "choose another method. (Parameter 'options')",
            Losses.Refusal(method, context with { Labels = new int[12] }));
        Assert.Equal(
            "Methods of DistillImageClassification: ContrastiveDistillation keeps 2000000000 values of each of 12 training images, which is too much; "
            + "lower Width, or choose another method. (Parameter 'options')",
            Losses.Refusal(new ContrastiveDistillation { Width = 2_000_000_000 }, context));
    }

    private static double[][] Rows(Tensor bank) => [.. bank.unbind().Select(Numbers.Of)];

    private static LossInput Input(int seed)
    {
        ModelOutput Output(int length, int salt) => new(null, [], tensor(Numbers.Gaussian(Losses.Batch * length, seed + salt), [Losses.Batch, length]));
        return new LossInput(Output(8, 10), Output(12, 20), new BatchLabels(zeros(Losses.Batch, ScalarType.Int64)))
        {
            Rows = [.. Enumerable.Range(0, Losses.Batch)],
        };
    }

    private static Tensor Similarities(MethodGolden golden, Tensor student) => ContrastiveDistillation.Similarities(
        UnitLength.Of(student), golden.Tensor("bank", student.dtype), golden.Long("places").reshape(student.shape[0], -1), golden.Options["temperature"]);

    private static Tensor Contrast(MethodGolden golden, Tensor student) => ContrastiveDistillation.Contrast(
        Similarities(golden, student), tensor(golden.Options["logZ"]).to(student.dtype), golden.Tensors["bank"].Shape[0]);
}
