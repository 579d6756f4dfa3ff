using Microsoft.ML.Distillation.Tests.Students;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class HintDistillationTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/hint_distillation.json");

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    public static TheoryData<string> Changes => [.. Variants.Keys];

    private static Dictionary<string, HintDistillation> Variants => new()
    {
        ["weight"] = new() { Weight = 10 },
        ["pair"] = new() { Pair = new(3, 3) },
        ["rectify"] = new() { Rectify = false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheTermAndItsGradientsAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var (student, weight) = (golden.Tensor("student", type), golden.Tensor("weight", type));

        MethodChecks.Matches(golden, "hint", Term(golden, student, weight), tolerance, ("student", student), ("weight", weight));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void TheGradientIsTheSlopeOfTheValue(int index) => MethodChecks.GradientIsTheSlope(
        student => Term(Goldens[index], student, Goldens[index].Tensor("weight", ScalarType.Float64)), Goldens[index].Tensors["student"]);

    [Fact]
    public void ItIsZeroWhereTheAdaptedMapIsTheTeachers()
    {
        using var scope = NewDisposeScope();
        var teacher = Goldens[0].Tensor("teacher", ScalarType.Float64).relu();

        var (value, gradient) = MethodChecks.Of(s => HintDistillation.Distance(s, teacher, map => map * .5, rectify: true), teacher * 2);

        Assert.Equal(0, value);
        Assert.All(gradient, g => Assert.Equal(0, g));
    }

    [Theory]
    [InlineData(1e4)]
    [InlineData(0)]
    public void ValueAndGradientStayFinite(double scale)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[0];

        MethodChecks.Finite(MethodChecks.Of(s => Term(golden, s, golden.Tensor("weight", ScalarType.Float32)), golden.Tensor("student", ScalarType.Float32) * scale));
    }

    [Fact]
    public void TheTeacherGetsNoGradient()
    {
        using var scope = NewDisposeScope();
        var teacher = Goldens[0].Tensor("teacher", ScalarType.Float64).requires_grad_();

        HintDistillation.Distance(teacher.detach().clone().requires_grad_(), teacher, map => map * 2, rectify: false).backward();

        Assert.Null(teacher.grad);
    }

    [Fact]
    public void AStudentLearnsTheMiddleStage()
    {
        var run = Losses.Train(new HintDistillation { Weight = 1 });

        Assert.True(run.Share < .7, $"It fell to {run.Share:P0}.");
        Assert.True(run.FirstLayerGradient > 0);
        Assert.True(run.HelperChanged);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void EveryOptionChangesTraining(string option) => MethodChecks.Differ(new HintDistillation(), Variants[option]);

    [Fact]
    public void TheAdapterGoesFromTheMiddleStageToTheTeachersChannels()
    {
        using var helper = new HintDistillation().CreateLoss(Losses.Context()).Helper!;

        Assert.Equal([10, 6, 1, 1], helper.get_parameter("0.weight").shape);
        Assert.Equal(["0.weight", "1.bias", "1.weight"], helper.named_parameters().Select(p => p.Item1).Order(StringComparer.Ordinal));
        Assert.Contains(Modules.Weights(helper)["0.weight"], w => w != 0);
    }

    [Fact]
    public void OptionsAreCheckedAndListed()
    {
        Assert.Equal(TeacherParts.Features, new HintDistillation().Needs);
        Assert.Equal("HintDistillation weight 100 pair auto rectify True", new HintDistillation().ToString());
        Assert.Equal("HintDistillation weight 100 pair 3-3 rectify True", Variants["pair"].ToString());
        Assert.Null(MethodChecks.Fault(new HintDistillation()));
        Assert.Equal("x: HintDistillation.Weight is -1; it must be 0 or more. (Parameter 'p')", MethodChecks.Fault(new HintDistillation { Weight = -1 }));
        Assert.Null(Losses.Refusal(new HintDistillation(), Losses.Context()));
        Assert.Equal(
            "Methods of DistillImageClassification: HintDistillation.Pair: -1 is no feature map of the teacher; "
            + "it has 0 (conv1 6×16×16), 1 (layer1 6×16×16), 2 (layer2 10×8×8), 3 (layer3 12×4×4). (Parameter 'options')",
            Losses.Refusal(new HintDistillation { Pair = new(1, -1) }, Losses.Context()));
    }

    private static Tensor Term(MethodGolden golden, Tensor student, Tensor weight)
    {
        var channels = weight.shape[0];
        return HintDistillation.Distance(student, golden.Tensor("teacher", student.dtype), Adapter, golden.Options["rectify"] == 1);

        Tensor Adapter(Tensor map) => nn.functional.batch_norm(
            nn.functional.conv2d(map, weight), zeros(channels, student.dtype), ones(channels, student.dtype), training: true);
    }
}
