using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

/// <summary>What label augmentation's options change, and what it refuses.</summary>
public class LabelAugmentationOptionsTests
{
    [Fact]
    public void EveryOptionChangesTheLoss()
    {
        using var scope = NewDisposeScope();
        var golden = LabelAugmentationTests.Goldens[0];
        LabelAugmentation[] methods = [new(), new() { Temperature = 2 }, new() { JointWeight = 2 }, new() { DistillationWeight = 2 }];

        var totals = methods.Select(method =>
        {
            var loss = LabelAugmentationTests.Made(golden, ScalarType.Float64, method.Temperature, method);
            using var helper = loss.Helper;
            var input = LabelAugmentationTests.Input(golden, golden.Tensor("student", ScalarType.Float64), golden.Tensor("embeddings", ScalarType.Float64));
            return loss.Compute(input).Sum(t => t.Weight * t.Value.item<double>());
        });

        Assert.Equal(methods.Length, totals.Distinct().Count());
    }

    [Fact]
    public void ItNeedsNoTeacher()
    {
        var method = new LabelAugmentation();

        Assert.Equal((TeacherParts.None, BatchParts.Labels, 1.0), (method.Needs, method.Uses, method.TaskWeight));
        Assert.Equal("LabelAugmentation temperature 1 joint weight 1 distillation weight 1", method.ToString());
        Assert.Null(Losses.Refusal(method, Losses.Context(teacher: false)));
    }

    [Fact]
    public void AStudentWithoutAnEmbeddingOrWithOblongImagesIsRefused()
    {
        var context = Losses.Context(teacher: false);

        Assert.Equal(
            "Methods of DistillImageClassification: LabelAugmentation puts a head on the vector before the student's classifier, and this student has none: choose another method. (Parameter 'options')",
            Losses.Refusal(new LabelAugmentation(), context with { Student = context.Student with { Embedding = null } }));
        Assert.Equal(
            "Methods of DistillImageClassification: LabelAugmentation turns images by 90°, and the student's are not square (its map stem 4×8×6): choose a square ImageSize. (Parameter 'options')",
            Losses.Refusal(new LabelAugmentation(), context with { Student = context.Student with { Features = [new("stem", 4, 8, 6)] } }));
    }

    [Theory]
    [InlineData(0, 1, 1, "LabelAugmentation.Temperature is 0; it must be above 0.")]
    [InlineData(1, -1, 1, "LabelAugmentation.JointWeight is -1; it must be 0 or more.")]
    [InlineData(1, 1, double.NaN, "LabelAugmentation.DistillationWeight is NaN; it must be 0 or more.")]
    public void OptionsOutOfRangeAreFaults(double temperature, double joint, double distillation, string fault) =>
        Assert.Equal(fault, Refusals.Of(new LabelAugmentation { Temperature = temperature, JointWeight = joint, DistillationWeight = distillation }));
}
