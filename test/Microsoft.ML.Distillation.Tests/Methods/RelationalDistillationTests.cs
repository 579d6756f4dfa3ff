using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class RelationalDistillationTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/relational_distillation.json");

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    public static TheoryData<string> Changes => [.. Variants.Keys];

    private static Dictionary<string, RelationalDistillation> Variants => new()
    {
        ["distance weight"] = new() { DistanceWeight = 5 },
        ["angle weight"] = new() { AngleWeight = 5 },
        ["images"] = new() { Images = 6 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheTermsAndTheirGradientsAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var student = Goldens[index].Tensor("student", type);

        MethodChecks.Matches(Goldens[index], TermName(index), Term(index, student, Goldens[index].Tensor("teacher", type)), tolerance, ("student", student));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void TheGradientIsTheSlopeOfTheValue(int index) => MethodChecks.GradientIsTheSlope(
        student => Term(index, student, Goldens[index].Tensor("teacher", ScalarType.Float64)), Goldens[index].Tensors["student"]);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void ShiftingAndScalingAllEmbeddingsChangesNothing(int index)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (Goldens[index].Tensor("student", ScalarType.Float64), Goldens[index].Tensor("teacher", ScalarType.Float64));

        Numbers.Close([Goldens[index].Terms[TermName(index)]], Numbers.Of(Term(index, student * 3 + 7, teacher * .2 - 5)), 1e-12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void ItIsZeroWhereStudentEqualsTeacher(int index)
    {
        using var scope = NewDisposeScope();
        var teacher = Goldens[index].Tensor("teacher", ScalarType.Float64);

        var (value, gradient) = MethodChecks.Of(s => Term(index, s, teacher), teacher);

        Assert.Equal(0, value);
        Assert.All(gradient, g => Assert.Equal(0, g));
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

        // At scale 0 all embeddings are one point.
        MethodChecks.Finite(MethodChecks.Of(s => Term(index, s, teacher), student * scale));
        MethodChecks.Finite(MethodChecks.Of(s => Term(index, s, teacher * scale), student));
    }

    [Fact]
    public void TheTeacherGetsNoGradient()
    {
        using var scope = NewDisposeScope();
        foreach (var index in (int[])[0, 2])
        {
            var teacher = Goldens[index].Tensor("teacher", ScalarType.Float64).requires_grad_();

            Term(index, Goldens[index].Tensor("student", ScalarType.Float64), teacher).backward();

            Assert.Null(teacher.grad);
        }
    }

    [Theory]
    [InlineData(25, 0)]
    [InlineData(0, 50)]
    public void AStudentLearnsToRelateImagesAlike(double distances, double angles)
    {
        var run = Losses.Train(new RelationalDistillation { DistanceWeight = distances, AngleWeight = angles }, rate: .02);

        Assert.True(run.Share < .7, $"It fell to {run.Share:P0}.");
        Assert.True(run.FirstLayerGradient > 0);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void EveryOptionChangesTraining(string option) => MethodChecks.Differ(new RelationalDistillation(), Variants[option]);

    [Fact]
    public void ItNeedsEmbeddingsAndThreeImages()
    {
        var method = new RelationalDistillation();

        Assert.Equal(TeacherParts.Embedding, method.Needs);
        Assert.Null(method.CreateLoss(Losses.Context()).Helper);
        Assert.Equal("RelationalDistillation distance weight 25 angle weight 50 images 128", method.ToString());
        Assert.Null(Losses.Refusal(method, Losses.Context()));
        Assert.Equal(
            "Methods of DistillImageClassification: RelationalDistillation needs triplets of images, and a batch has 2; make BatchSize 3 or more. (Parameter 'options')",
            Losses.Refusal(method, Losses.Context() with { BatchSize = 2 }));
    }

    [Fact]
    public void OptionsOutOfRangeAreFaults()
    {
        Assert.Null(MethodChecks.Fault(new RelationalDistillation()));
        Assert.Equal(
            "x: RelationalDistillation.DistanceWeight is -1; it must be 0 or more. (Parameter 'p')", MethodChecks.Fault(new RelationalDistillation { DistanceWeight = -1 }));
        Assert.Equal(
            "x: RelationalDistillation.AngleWeight is NaN; it must be 0 or more. (Parameter 'p')", MethodChecks.Fault(new RelationalDistillation { AngleWeight = double.NaN }));
        Assert.Equal("x: RelationalDistillation.Images is 2; it must be 3 or more. (Parameter 'p')", MethodChecks.Fault(new RelationalDistillation { Images = 2 }));
    }

    private static string TermName(int index) => Assert.Single(Goldens[index].Terms.Keys);

    private static Tensor Term(int index, Tensor student, Tensor teacher) => TermName(index) == "rkd distance"
        ? RelationalDistillation.Distance(student, teacher)
        : RelationalDistillation.Angle(student, teacher);
}
