using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Tests.Students;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>Whole runs that learn from what is inside an ONNX teacher.</summary>
[Collection(nameof(TrainingTests))]
public class OnnxFeatureRunTests
{
    private static readonly IReadOnlyList<DrawnRow> Rows = Drawn.Rows(48);

    // Four classes of which the labels know none: nobody asks for its scores.
    [Fact]
    public void ABackboneOfOtherClassesTeachesItsMaps()
    {
        using var student = Quick.Fit(Options(Teacher(), new AttentionTransfer()), Rows);
        var terms = student.Report.Terms["at"];

        Assert.True(terms[^1] < .7 * terms[0], $"The term went from {terms[0]} to {terms[^1]}.");
        Assert.Equal("on, images as they are", student.Report.TeacherCache!.State);
        Assert.Equal((48, 5 * 48), (student.Report.TeacherCache.Asked, student.Report.TeacherCache.Reused));
    }

    [Fact]
    public void NamedMapsMakeAnotherStudent()
    {
        var maps = Teacher().Inspect().DefaultFeatureMaps;
        using var automatic = Quick.Fit(Options(Teacher(), new AttentionTransfer()), Rows);
        using var same = Quick.Fit(Options(Teacher([.. maps.Select(m => m.Name)]), new AttentionTransfer()), Rows);
        using var others = Quick.Fit(Options(Teacher([maps[0].Name]), new AttentionTransfer()), Rows);

        // The exported student works at 8×8: its stages end at 8, 4 and 2.
        Assert.Equal([8, 4, 2], maps.Select(m => m.Width));
        Assert.Equal(automatic.ToOnnx(), same.ToOnnx());
        Assert.NotEqual(automatic.ToOnnx(), others.ToOnnx());
    }

    [Fact]
    public void ItsScoresAreStillRefused() => Assert.StartsWith(
        "ONNX teacher (from bytes) has no class named 'red', 'green', 'blue', which the labels have; its classes are ",
        Assert.Throws<InvalidDataException>(() => Quick.Fit(Options(Teacher(), new AttentionTransfer(), new KnowledgeDistillation()), Rows)).Message, StringComparison.Ordinal);

    [Fact]
    public void ATeacherWithoutMapsIsRefused() => Assert.StartsWith(
        "Methods of DistillImageClassification: AttentionTransfer learns from the teacher's feature maps, and this teacher gives none: name them in its options, or choose a method",
        Assert.Throws<ArgumentException>(() => Quick.Fit(Options(ColourTeacher.Named(Drawn.Classes), new AttentionTransfer()), Rows)).Message, StringComparison.Ordinal);

    private static OnnxTeacher Teacher(IReadOnlyList<string>? maps = null)
    {
        using var module = Modules.Worn(ImageClassifier.ResNet14, 4);
        return OnnxTeacher.FromBytes(
            StudentExporter.Standalone(module, StudentExporterTests.Describe("resnet14", 4, Quick.Size, Quick.Size)), new OnnxTeacherOptions { FeatureNames = maps });
    }

    private static ImageClassificationDistillationOptions Options(Teacher teacher, params DistillationMethod[] methods) => new()
    {
        Teacher = teacher,
        Methods = [.. methods],
        Student = ImageClassifier.ResNet8,
        ImageSize = Quick.Size,
        Epochs = 6,
        BatchSize = 16,
        Optimizer = new SgdOptions { LearningRate = .02 },
        Schedule = new ConstantRate(),
        Augmentation = ImageAugmentation.None,
        Threads = 1,
        Seed = 1,
    };
}
