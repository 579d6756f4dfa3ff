using Microsoft.ML.Distillation.ImageClassification;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

public class RunLabelsTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void WithoutALabelTheClassesAreTheTeachers() =>
        Assert.Equal(["blue", "cat"], RunLabels.OfTraining(_ml, Options(ColourTeacher.Named("blue", "cat")), Drawn.View(_ml, Drawn.Rows(3))).ClassNames);

    [Fact]
    public void WithALabelTheyAreTheLabels() => Assert.Equal(
        Drawn.Classes, RunLabels.OfTraining(_ml, Options(ColourTeacher.Named("blue", "cat"), label: "Label"), Drawn.View(_ml, Drawn.Rows(3))).ClassNames);

    // Slot names of an ML.NET model are first seen here; other teachers' names are checked with the options.
    [Fact]
    public void ClassesOfOneNameAreAnError() => Assert.Equal(
        "ONNX teacher (from bytes) has 2 classes named 'cat'; class names must differ.",
        Assert.Throws<InvalidDataException>(() => RunLabels.OfTraining(_ml, Options(ColourTeacher.Named("cat", "dog", "cat")), Drawn.View(_ml, Drawn.Rows(3)))).Message);

    [Theory]
    [InlineData("Label", null, "Label")]
    [InlineData("Label", "Other", "Other")]
    public void TheValidationDataMayNameItsLabelOtherwise(string label, string? validation, string expected)
    {
        var data = _ml.Transforms.CopyColumns("Other", "Label").Fit(Drawn.View(_ml, Drawn.Rows(6))).Transform(Drawn.View(_ml, Drawn.Rows(6)));
        var options = new ImageClassificationDistillationOptions { LabelColumnName = label, ValidationLabelColumnName = validation };

        Assert.Equal(expected, RunLabels.OfValidation(options, data.Schema, RunLabels.OfTraining(_ml, options, data)).Column.Name);
    }

    private static ImageClassificationDistillationOptions Options(Teacher teacher, string? label = null) => new() { LabelColumnName = label, Teacher = teacher, Methods = { new KnowledgeDistillation() } };
}
