using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class FspDistillationTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/fsp_distillation.json");

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheTermAndItsGradientsAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var student = Maps(golden, "student", type);

        MethodChecks.Matches(
            golden, "fsp", FspDistillation.Distance(student, Maps(golden, "teacher", type)), tolerance, [.. student.Select((map, i) => ($"student{i}", map))]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TheGradientIsTheSlopeOfTheValue(int stage) => MethodChecks.GradientIsTheSlope(
        moved =>
        {
            var student = Maps(Goldens[1], "student", ScalarType.Float64);
            student[stage] = moved;
            return FspDistillation.Distance(student, Maps(Goldens[1], "teacher", ScalarType.Float64));
        },
        Goldens[1].Tensors[$"student{stage}"]);

    [Fact]
    public void ItIsZeroWhereStudentEqualsTeacher()
    {
        using var scope = NewDisposeScope();
        var teacher = Maps(Goldens[1], "teacher", ScalarType.Float64);

        var (value, gradient) = MethodChecks.Of(first => FspDistillation.Distance([first, .. teacher.Skip(1)], teacher), teacher[0]);

        Assert.Equal(0, value);
        Assert.All(gradient, g => Assert.Equal(0, g));
    }

    [Fact]
    public void TheMatrixIsTheMeanOverPlacesOfTheProductsOfChannels()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (tensor(new double[] { 1, 2, 3, 4 }, [1, 2, 1, 2]), tensor(new double[] { 5, 7 }, [1, 1, 1, 2]));

        Assert.Equal([(1 * 5 + 2 * 7) / 2.0, (3 * 5 + 4 * 7) / 2.0], Numbers.Of(FspDistillation.Matrix(a, b)));
    }

    [Theory]
    [InlineData(1e4)]
    [InlineData(0)]
    public void ValueAndGradientStayFinite(double scale)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (Maps(Goldens[0], "student", ScalarType.Float32), Maps(Goldens[0], "teacher", ScalarType.Float32));

        MethodChecks.Finite(MethodChecks.Of(s => FspDistillation.Distance([s, student[1] * scale], teacher), student[0] * scale));
    }

    [Fact]
    public void TheTeacherGetsNoGradient()
    {
        using var scope = NewDisposeScope();
        var teacher = Maps(Goldens[0], "teacher", ScalarType.Float64);

        FspDistillation.Distance(Maps(Goldens[0], "student", ScalarType.Float64), [.. teacher.Select(map => map.requires_grad_())]).backward();

        Assert.All(teacher, map => Assert.Null(map.grad));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AStudentLearnsTheFlow(bool sameWidths)
    {
        var run = Losses.Train(new FspDistillation { Weight = 1 }, sameWidths: sameWidths);

        Assert.True(run.Share < .7, $"It fell to {run.Share:P0}.");
        Assert.True(run.FirstLayerGradient > 0);
        Assert.Equal(!sameWidths, run.HelperChanged);
    }

    [Fact]
    public void EveryOptionChangesTraining()
    {
        MethodChecks.Differ(new FspDistillation(), new FspDistillation { Weight = 5 });
        MethodChecks.Differ(new FspDistillation(), new FspDistillation { Pairs = [new(1, 1), new(3, 3)] });
    }

    [Fact]
    public void AdaptersAreMadeWhereChannelsDiffer()
    {
        using var helper = new FspDistillation().CreateLoss(Losses.Context()).Helper!;

        Assert.Equal(
            ["0.weight: 6×4×1×1", "1.weight: 10×6×1×1", "2.weight: 12×8×1×1"], helper.named_parameters().Select(p => $"{p.Item1}: {string.Join('×', p.Item2.shape)}"));
        Assert.Null(new FspDistillation().CreateLoss(Losses.Context(sameWidths: true)).Helper);
    }

    [Fact]
    public void OptionsAreCheckedAndListed()
    {
        Assert.Equal(TeacherParts.Features, new FspDistillation().Needs);
        Assert.Equal("FspDistillation weight 50 pairs auto", new FspDistillation().ToString());
        Assert.Null(MethodChecks.Fault(new FspDistillation()));
        Assert.Equal("x: FspDistillation.Weight is -1; it must be 0 or more. (Parameter 'p')", MethodChecks.Fault(new FspDistillation { Weight = -1 }));
        Assert.Equal(
            "x: FspDistillation.Pairs has 1; it relates neighbouring stages and must have 2 or more. (Parameter 'p')",
            MethodChecks.Fault(new FspDistillation { Pairs = [new(1, 1)] }));
    }

    [Fact]
    public void APairThatDoesNotFitIsRefused()
    {
        var context = Losses.Context();
        var oneMap = context with { Teacher = context.Teacher! with { Features = [context.Teacher.Features[^1]] } };

        Assert.Null(Losses.Refusal(new FspDistillation(), context));
        Assert.Equal(
            "Methods of DistillImageClassification: FspDistillation relates neighbouring stages, and there is 1 that student and teacher have in common; "
            + "name more feature maps of the teacher, or choose a method that compares single stages, such as AttentionTransfer. (Parameter 'options')",
            Losses.Refusal(new FspDistillation(), oneMap));
        Assert.Equal(
            "Methods of DistillImageClassification: FspDistillation.Pairs: 2 is no feature map of the teacher; it has 0 (layer3 12×4×4). (Parameter 'options')",
            Losses.Refusal(new FspDistillation { Pairs = [new(1, 0), new(2, 2)] }, oneMap));
    }

    private static Tensor[] Maps(MethodGolden golden, string side, ScalarType type) =>
        [.. Enumerable.Range(0, (int)golden.Options["stages"]).Select(i => golden.Tensor($"{side}{i}", type))];
}
