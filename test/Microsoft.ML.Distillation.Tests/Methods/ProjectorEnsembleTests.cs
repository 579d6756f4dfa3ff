using Microsoft.ML.Distillation.Tests.Students;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class ProjectorEnsembleTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/projector_ensemble.json");

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheTermAndItsGradientsAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var leaves = Goldens[index].Gradients.Keys.ToDictionary(name => name, name => Goldens[index].Tensor(name, type));

        MethodChecks.Matches(
            Goldens[index], "pefd", Term(Goldens[index], leaves["student"], name => leaves[name]), tolerance, [.. leaves.Select(leaf => (leaf.Key, leaf.Value))]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void TheGradientIsTheSlopeOfTheValue(int index) => MethodChecks.GradientIsTheSlope(
        student => Term(Goldens[index], student, name => Goldens[index].Tensor(name, ScalarType.Float64)), Goldens[index].Tensors["student"]);

    [Fact]
    public void OnlyDirectionsCount()
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (Goldens[0].Tensor("student", ScalarType.Float64).detach(), Goldens[0].Tensor("teacher", ScalarType.Float64));

        Numbers.Close([Goldens[0].Terms["pefd"]], Numbers.Of(ProjectorEnsemble.Distance(student * 3, teacher * .1)), 1e-13);
        // 1 − cos is off by the rounding of a sum of a few products near 1.
        Numbers.Within([0, 1, 2], Numbers.Of(stack([Distance(teacher * 5), Distance(zeros_like(teacher)), Distance(-teacher)])), 1e-15);

        Tensor Distance(Tensor projected) => ProjectorEnsemble.Distance(projected, teacher);
    }

    [Fact]
    public void ItHasNoSlopeWhereDirectionsAgree()
    {
        using var scope = NewDisposeScope();
        var teacher = Goldens[0].Tensor("teacher", ScalarType.Float64);

        Numbers.Within(new double[teacher.numel()], MethodChecks.Of(s => ProjectorEnsemble.Distance(s, teacher), teacher).Gradient, 1e-16);
    }

    [Theory]
    [InlineData(1e4)]
    [InlineData(0)]
    [InlineData(1e-15)]
    public void ValueAndGradientStayFinite(double scale)
    {
        using var scope = NewDisposeScope();
        foreach (var golden in Goldens)
        {
            MethodChecks.Finite(MethodChecks.Of(
                s => Term(golden, s, name => golden.Tensor(name, ScalarType.Float32) * scale), golden.Tensor("student", ScalarType.Float32) * scale));
        }
    }

    [Fact]
    public void ProjectionsThatAreAllZeroGiveNoGradient()
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[1];

        var (value, gradient) = MethodChecks.Of(
            s => ProjectorEnsemble.Distance(ProjectorEnsemble.Project(s, [projected => projected.square().neg()]), golden.Tensor("student", ScalarType.Float64)),
            golden.Tensor("student", ScalarType.Float64));

        Assert.Equal(1, value);
        Assert.All(gradient, g => Assert.Equal(0, g));
    }

    [Fact]
    public void TheTeacherGetsNoGradient()
    {
        using var scope = NewDisposeScope();
        var teacher = Goldens[0].Tensor("teacher", ScalarType.Float64).requires_grad_();

        ProjectorEnsemble.Distance(Goldens[0].Tensor("student", ScalarType.Float64), teacher).backward();

        Assert.Null(teacher.grad);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(3, false)]
    public void AStudentLearnsTheDirections(int projectors, bool sameWidths)
    {
        var run = Losses.Train(new ProjectorEnsemble { Projectors = projectors, Weight = 1 }, sameWidths: sameWidths);

        Assert.True(run.Share < .7, $"It fell to {run.Share:P0}.");
        Assert.True(run.FirstLayerGradient > 0);
        Assert.Equal(projectors > 0, run.HelperChanged);
    }

    [Fact]
    public void EveryOptionChangesTraining()
    {
        MethodChecks.Differ(new ProjectorEnsemble(), new ProjectorEnsemble { Weight = 5 });
        MethodChecks.Differ(new ProjectorEnsemble(), new ProjectorEnsemble { Projectors = 1 });
    }

    [Fact]
    public void ProjectorsStartFromUnlikeWeights()
    {
        using var helper = new ProjectorEnsemble().CreateLoss(Losses.Context()).Helper!;
        var weights = Modules.Weights(helper);

        Assert.Equal(["0.bias", "0.weight", "1.bias", "1.weight", "2.bias", "2.weight"], weights.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([12, 8], helper.get_parameter("0.weight").shape);
        Assert.NotEqual(weights["0.weight"], weights["1.weight"]);
        Assert.NotEqual(weights["1.weight"], weights["2.weight"]);
    }

    [Fact]
    public void OptionsAreCheckedAndListed()
    {
        Assert.Equal(TeacherParts.Embedding, new ProjectorEnsemble().Needs);
        Assert.Equal("ProjectorEnsemble weight 25 projectors 3", new ProjectorEnsemble().ToString());
        Assert.Null(MethodChecks.Fault(new ProjectorEnsemble { Projectors = 0 }));
        Assert.Equal("x: ProjectorEnsemble.Weight is -1; it must be 0 or more. (Parameter 'p')", MethodChecks.Fault(new ProjectorEnsemble { Weight = -1 }));
        Assert.Equal("x: ProjectorEnsemble.Projectors is -1; it must be 0 or more. (Parameter 'p')", MethodChecks.Fault(new ProjectorEnsemble { Projectors = -1 }));
    }

    [Fact]
    public void WithoutProjectorsTheEmbeddingsMustBeOfOneLength()
    {
        Assert.Null(Losses.Refusal(new ProjectorEnsemble { Projectors = 0 }, Losses.Context(sameWidths: true)));
        Assert.Null(Losses.Refusal(new ProjectorEnsemble(), Losses.Context()));
        Assert.Equal(
            "Methods of DistillImageClassification: ProjectorEnsemble without projectors needs embeddings of one length; the student's has 8 values, the teacher's 12. "
            + "Set Projectors to 1 or more. (Parameter 'options')",
            Losses.Refusal(new ProjectorEnsemble { Projectors = 0 }, Losses.Context()));
    }

    private static Tensor Term(MethodGolden golden, Tensor student, Func<string, Tensor> get)
    {
        var projectors = Enumerable.Range(0, (int)golden.Options["projectors"])
            .Select(i => (Func<Tensor, Tensor>)(s => nn.functional.linear(s, get($"weight{i}"), get($"bias{i}"))));
        return ProjectorEnsemble.Distance(ProjectorEnsemble.Project(student, [.. projectors]), golden.Tensor("teacher", student.dtype));
    }
}
