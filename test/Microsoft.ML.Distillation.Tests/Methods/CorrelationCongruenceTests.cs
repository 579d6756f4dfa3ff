using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class CorrelationCongruenceTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/correlation_congruence.json");

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    public static TheoryData<string> Changes => [.. Variants.Keys];

    private static Dictionary<string, (CorrelationCongruence One, CorrelationCongruence Other)> Variants => new()
    {
        ["form"] = (new(), new() { Form = CorrelationForm.Code }),
        ["weight"] = (new(), new() { Weight = 10 }),
        ["gamma"] = (new(), new() { Gamma = 1 }),
        ["order"] = (new(), new() { Order = 1 }),
        ["width"] = (new() { Form = CorrelationForm.Code }, new() { Form = CorrelationForm.Code, Width = 16 }),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheTermAndItsGradientAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var (student, teacher) = (golden.Tensor("student", type), golden.Tensor("teacher", type));

        MethodChecks.Matches(golden, "cc", Term(golden, student, teacher), tolerance, [.. golden.Gradients.Keys.Select(name => (name, name == "student" ? student : teacher))]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void TheGradientIsTheSlopeOfTheValue(int index) => MethodChecks.GradientIsTheSlope(
        student => Term(Goldens[index], student, Goldens[index].Tensor("teacher", ScalarType.Float64)), Goldens[index].Tensors["student"]);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void ItIsZeroWhereTheEmbeddingsAreEqualUpToScale(int index)
    {
        using var scope = NewDisposeScope();
        var teacher = Goldens[index].Tensor("teacher", ScalarType.Float64).detach();

        // A power of two scales without rounding.
        var (value, gradient) = MethodChecks.Of(s => Term(Goldens[index], s, teacher), teacher * 4);

        Assert.Equal(0, value);
        Assert.All(gradient, g => Assert.Equal(0, g));
    }

    [Fact]
    public void ThePapersKernelIsTheGaussianOneAtHighOrders()
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (UnitLength.Of(Goldens[0].Tensor("student", ScalarType.Float64)), UnitLength.Of(Goldens[0].Tensor("teacher", ScalarType.Float64)));

        // The series of e^0.8 is exact to 0.8^21/21! = 2e-22 at order 20.
        var term = CorrelationCongruence.PaperDistance(student, teacher, .4, 20);

        Numbers.Close(Numbers.Of((Gaussian(student) - Gaussian(teacher)).square().mean()), Numbers.Of(term), 1e-12);
    }

    [Theory]
    [InlineData(0, 1e4)]
    [InlineData(0, 0)]
    [InlineData(2, 1e4)]
    [InlineData(2, 0)]
    public void ValueAndGradientStayFinite(int index, double scale)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (Goldens[index].Tensor("student", ScalarType.Float32), Goldens[index].Tensor("teacher", ScalarType.Float32));

        MethodChecks.Finite(MethodChecks.Of(s => Term(Goldens[index], s, teacher), student * scale));
        MethodChecks.Finite(MethodChecks.Of(s => Term(Goldens[index], s, teacher * scale), student));
    }

    [Fact]
    public void ByThePapersFormTheTeacherGetsNoGradient()
    {
        using var scope = NewDisposeScope();
        var teacher = Goldens[0].Tensor("teacher", ScalarType.Float64).requires_grad_();

        Term(Goldens[0], Goldens[0].Tensor("student", ScalarType.Float64), teacher).backward();

        Assert.Null(teacher.grad);
    }

    [Theory]
    [InlineData(CorrelationForm.Paper)]
    [InlineData(CorrelationForm.Code)]
    public void AStudentLearnsToCorrelateImagesAlike(CorrelationForm form)
    {
        var run = Losses.Train(new CorrelationCongruence { Form = form, Weight = form == CorrelationForm.Paper ? 100 : 1 });

        Assert.True(run.Share < .7, $"It fell to {run.Share:P0}.");
        Assert.True(run.FirstLayerGradient > 0);
        Assert.Equal(form == CorrelationForm.Code, run.HelperChanged);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void EveryOptionChangesTraining(string option) => MethodChecks.Differ(Variants[option].One, Variants[option].Other);

    [Fact]
    public void ItNeedsEmbeddingsAndTwoImages()
    {
        var method = new CorrelationCongruence();

        Assert.Equal(TeacherParts.Embedding, method.Needs);
        Assert.Null(method.CreateLoss(Losses.Context()).Helper);
        Assert.Equal("CorrelationCongruence form Paper weight 100 gamma 0.4 order 2 width 128", method.ToString());
        Assert.Equal("CorrelationCongruence form Code weight 0.02 gamma 0.4 order 2 width 128", new CorrelationCongruence { Form = CorrelationForm.Code }.ToString());
        Assert.Null(Losses.Refusal(method, Losses.Context()));
        Assert.Equal(
            "Methods of DistillImageClassification: CorrelationCongruence compares the images of a batch, and a batch has 1; make BatchSize 2 or more. (Parameter 'options')",
            Losses.Refusal(method, Losses.Context() with { BatchSize = 1 }));
    }

    [Fact]
    public void OptionsOutOfRangeAreFaults()
    {
        Assert.Null(MethodChecks.Fault(new CorrelationCongruence()));
        Assert.Equal("x: CorrelationCongruence.Form is 7; it must be Paper or Code. (Parameter 'p')", MethodChecks.Fault(new CorrelationCongruence { Form = (CorrelationForm)7 }));
        Assert.Equal("x: CorrelationCongruence.Weight is -1; it must be 0 or more. (Parameter 'p')", MethodChecks.Fault(new CorrelationCongruence { Weight = -1 }));
        Assert.Equal("x: CorrelationCongruence.Gamma is 0; it must be above 0. (Parameter 'p')", MethodChecks.Fault(new CorrelationCongruence { Gamma = 0 }));
        Assert.Equal("x: CorrelationCongruence.Order is 0; it must be 1 or more. (Parameter 'p')", MethodChecks.Fault(new CorrelationCongruence { Order = 0 }));
        Assert.Equal("x: CorrelationCongruence.Width is 0; it must be 1 or more. (Parameter 'p')", MethodChecks.Fault(new CorrelationCongruence { Width = 0 }));
    }

    private static Tensor Gaussian(Tensor unit) => ((unit.unsqueeze(0) - unit.unsqueeze(1)).square().sum(2) * -.4).exp();

    private static Tensor Term(MethodGolden golden, Tensor student, Tensor teacher) => golden.Options["form"] == 1
        ? CorrelationCongruence.CodeDistance(student, teacher)
        : CorrelationCongruence.PaperDistance(student, teacher, golden.Options["gamma"], (int)golden.Options["order"]);
}
