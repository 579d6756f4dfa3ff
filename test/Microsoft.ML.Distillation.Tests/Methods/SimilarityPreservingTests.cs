using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class SimilarityPreservingTests
{
    private static readonly MethodGolden[] Goldens = Golden.Read<MethodGolden[]>("methods/similarity_preserving.json");

    public static TheoryData<int, ScalarType, double> Cases() => MethodGolden.Cases(Goldens);

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheTermAndItsGradientAreWhatPyTorchComputes(int index, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var student = Goldens[index].Tensor("student", type);

        MethodChecks.Matches(Goldens[index], "sp", SimilarityPreserving.Distance(student, Goldens[index].Tensor("teacher", type)), tolerance, ("student", student));
    }

    [Fact]
    public void TheGradientIsTheSlopeOfTheValue() => MethodChecks.GradientIsTheSlope(
        student => SimilarityPreserving.Distance(student, Goldens[1].Tensor("teacher", ScalarType.Float64)), Goldens[1].Tensors["student"]);

    [Fact]
    public void ItIsZeroWhereTheFeaturesAreEqualUpToScale()
    {
        using var scope = NewDisposeScope();
        var teacher = Goldens[0].Tensor("teacher", ScalarType.Float64);

        // A power of two scales without rounding.
        var (value, gradient) = MethodChecks.Of(s => SimilarityPreserving.Distance(s, teacher), teacher * 8);

        Assert.Equal(0, value);
        Assert.All(gradient, g => Assert.Equal(0, g));
    }

    [Fact]
    public void TheOrderOfChannelsAndOfTheBatchDoesNotMatter()
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (Goldens[1].Tensor("student", ScalarType.Float64).detach(), Goldens[1].Tensor("teacher", ScalarType.Float64));
        var images = tensor(new long[] { 2, 0, 3, 1 });

        var changed = SimilarityPreserving.Distance(student.flip(1).index_select(0, images), teacher.flip(2).index_select(0, images));

        Numbers.Close([Goldens[1].Terms["sp"]], Numbers.Of(changed), 1e-13);
    }

    [Theory]
    [InlineData(1e4)]
    [InlineData(0)]
    [InlineData(1e-12)]
    public void ValueAndGradientStayFinite(double scale)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (Goldens[0].Tensor("student", ScalarType.Float32), Goldens[0].Tensor("teacher", ScalarType.Float32));

        MethodChecks.Finite(MethodChecks.Of(s => SimilarityPreserving.Distance(s, teacher), student * scale));
        MethodChecks.Finite(MethodChecks.Of(s => SimilarityPreserving.Distance(s, teacher * scale), student));
    }

    [Fact]
    public void TheTeacherGetsNoGradient()
    {
        using var scope = NewDisposeScope();
        var teacher = Goldens[0].Tensor("teacher", ScalarType.Float64).requires_grad_();

        SimilarityPreserving.Distance(Goldens[0].Tensor("student", ScalarType.Float64), teacher).backward();

        Assert.Null(teacher.grad);
    }

    [Fact]
    public void AStudentLearnsToRelateImagesAlike()
    {
        var run = Losses.Train(new SimilarityPreserving(), rate: .01);

        Assert.True(run.Share < .7, $"It fell to {run.Share:P0}.");
        Assert.True(run.FirstLayerGradient > 0);
    }

    [Fact]
    public void TheWeightChangesTraining() => MethodChecks.Differ(new SimilarityPreserving(), new SimilarityPreserving { Weight = 1000 });

    [Fact]
    public void ItNeedsFeatureMapsAndTwoImages()
    {
        var method = new SimilarityPreserving();

        Assert.Equal(TeacherParts.Features, method.Needs);
        Assert.Null(method.CreateLoss(Losses.Context()).Helper);
        Assert.Equal("SimilarityPreserving weight 3000", method.ToString());
        Assert.Null(MethodChecks.Fault(method));
        Assert.Equal("x: SimilarityPreserving.Weight is -1; it must be 0 or more. (Parameter 'p')", MethodChecks.Fault(new SimilarityPreserving { Weight = -1 }));
        Assert.Null(Losses.Refusal(method, Losses.Context()));
        Assert.Equal(
            "Methods of DistillImageClassification: SimilarityPreserving compares the images of a batch, and a batch has 1; make BatchSize 2 or more. (Parameter 'options')",
            Losses.Refusal(method, Losses.Context() with { BatchSize = 1 }));
    }
}
