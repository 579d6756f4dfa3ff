using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class ClassWiseSelfDistillationTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/class_wise_self_distillation.json");

    public static TheoryData<int, ScalarType, double> Cases => MethodGolden.Cases(Goldens);

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheTermAndItsGradientAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var golden = Goldens[index];
        var student = golden.Tensor("student", type);

        var term = Term(student, golden.Tensor("companion", type), new() { Temperature = golden.Options["temperature"] });
        term.Value.backward();

        Assert.Equal(("cs-kd", 1.0), (term.Name, term.Weight));
        Numbers.Close([golden.Terms["cs-kd"]], Numbers.Of(term.Value), tolerance);
        Numbers.Close(golden.Gradients["student"], Numbers.Of(student.grad!), tolerance);
    }

    [Fact]
    public void TheGradientIsTheSlopeOfTheValue()
    {
        var golden = Goldens[0];
        Slopes.Agree(z => Term(z, golden.Tensor("companion", ScalarType.Float64)).Value, golden.Tensors["student"].Values, golden.Tensors["student"].Shape);
    }

    [Fact]
    public void ItIsZeroWhereBothImagesGetTheSameLogits()
    {
        using var scope = NewDisposeScope();
        var student = Goldens[0].Tensor("student", ScalarType.Float64);

        Assert.Equal(0, Term(student, student.detach().clone()).Value.item<double>());
    }

    [Theory]
    [InlineData(1e4f)]
    [InlineData(0)]
    public void ValueAndGradientAreFiniteAtExtremes(float size)
    {
        using var scope = NewDisposeScope();
        var student = tensor(new[] { size, -size, 0, -size, size, size }, [2, 3]).requires_grad_();

        var value = Term(student, tensor(new[] { -size, size, 0, size, -size, size }, [2, 3])).Value;
        value.backward();

        Assert.True(float.IsFinite(value.item<float>()));
        Assert.All(Numbers.Of(student.grad!), g => Assert.True(double.IsFinite(g)));
    }

    [Fact]
    public void TheCompanionIsRunWithoutGradients()
    {
        using var scope = NewDisposeScope();
        var weights = ones(2, 3).requires_grad_();
        ModelOutput? made = null;
        var input = Input(zeros(2, 3).requires_grad_(), _ => made = new ModelOutput(weights * 2, [], null));

        new ClassWiseSelfDistillation().CreateLoss(Losses.Context(teacher: false)).Compute(input)[0].Value.backward();

        Assert.False(made!.Logits!.requires_grad);
        Assert.Null(weights.grad);
        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void OnItsOwnItMakesTheStudentAnswerAlike()
    {
        using var other = tensor(Numbers.Gaussian((int)(Losses.Batch * 3 * Losses.Size.Pixels), seed: 6), [Losses.Batch, 3, Losses.Size.Height, Losses.Size.Width]);

        var run = Losses.Train(new ClassWiseSelfDistillation(), context: Losses.Context(teacher: false), change: (_, input) => input with { Companion = other });

        Assert.InRange(run.Share, 0, .7);
        Assert.True(run.FirstLayerGradient > 0);
        Assert.False(run.HelperChanged);
    }

    [Fact]
    public void EveryOptionChangesTheLoss()
    {
        using var scope = NewDisposeScope();
        double Total(ClassWiseSelfDistillation method)
        {
            var term = Term(Goldens[0].Tensor("student", ScalarType.Float64), Goldens[0].Tensor("companion", ScalarType.Float64), method);
            return term.Value.item<double>() * term.Weight;
        }

        Assert.NotEqual(Total(new()), Total(new() { Temperature = 3 }));
        Assert.Equal(2 * Total(new()), Total(new() { Weight = 2 }));
    }

    [Fact]
    public void ItNeedsNoTeacherButAnotherImageAndOneLabel()
    {
        var method = new ClassWiseSelfDistillation();

        Assert.Equal((TeacherParts.None, BatchParts.SameClassImage | BatchParts.OneLabel, 1.0), (method.Needs, method.Uses, method.TaskWeight));
        Assert.Equal("ClassWiseSelfDistillation temperature 4 weight 1", method.ToString());
        Assert.Null(Losses.Refusal(method, Losses.Context(teacher: false)));
    }

    [Fact]
    public void ClassesOfOneImageEachAreRefused() => Assert.Equal(
        "Methods of DistillImageClassification: ClassWiseSelfDistillation compares images of one class, and no class of the training data has two: "
        + "choose a method that works on single images, such as DataDistortion. (Parameter 'options')",
        Losses.Refusal(new ClassWiseSelfDistillation(), Losses.Context(teacher: false) with { Labels = [2, 0, 1] }));

    [Theory]
    [InlineData(0, 1, "ClassWiseSelfDistillation.Temperature is 0; it must be above 0.")]
    [InlineData(double.PositiveInfinity, 1, "ClassWiseSelfDistillation.Temperature is Infinity; it must be above 0.")]
    [InlineData(4, -1, "ClassWiseSelfDistillation.Weight is -1; it must be 0 or more.")]
    [InlineData(4, double.NaN, "ClassWiseSelfDistillation.Weight is NaN; it must be 0 or more.")]
    public void OptionsOutOfRangeAreFaults(double temperature, double weight, string fault) =>
        Assert.Equal(fault, Refusals.Of(new ClassWiseSelfDistillation { Temperature = temperature, Weight = weight }));

    private static LossTerm Term(Tensor student, Tensor companion, ClassWiseSelfDistillation? method = null) => Assert.Single(
        (method ?? new()).CreateLoss(Losses.Context(teacher: false)).Compute(Input(student, _ => new ModelOutput(companion, [], null))));

    private static LossInput Input(Tensor student, Func<Tensor, ModelOutput> forward) =>
        new(new ModelOutput(student, [], null), null, new BatchLabels(zeros(student.shape[0], ScalarType.Int64))) { Companion = zeros(1), Forward = forward };
}
