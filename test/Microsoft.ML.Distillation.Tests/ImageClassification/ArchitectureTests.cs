using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>An architecture of each kind from images to a saved model.</summary>
[Collection(nameof(TrainingTests))]
public class ArchitectureTests
{
    [Theory]
    [InlineData("wrn_16_1")]
    [InlineData("mobilenet_v2_cifar")]
    [InlineData("shufflenet_v1_cifar")]
    [InlineData("shufflenet_v2_cifar")]
    [InlineData("mobilenet_v3_small")]
    [InlineData("efficientnet_lite0")]
    public void ItLearnsFromATeacherAndPredictsAloneWhatItPredictedHere(string name)
    {
        // A thousand embedded values a class make the classifier learn fast: at Quick's rate it overshoots.
        const double Rate = .002;
        const int Size = 24;
        using var folder = new TemporaryFolder();
        var ml = new MLContext(seed: 1);
        var rows = Drawn.Rows(48, Size);
        var data = Drawn.View(ml, rows);
        var options = Quick.Options(ColourTeacher.Named(Drawn.Classes), ImageClassifier.Parse(name), epochs: 6, rate: Rate, size: new(Size, Size));

        using var student = ml.DistillImageClassification(options).Fit(data);
        ml.Model.Save(student, data.Schema, folder["student.zip"]);

        var terms = student.Report.Terms["kd"];
        Assert.True(terms[^1] < terms[0], string.Join(", ", terms));
        Assert.Equal(name, ImageClassifier.FromOnnx(student.ToOnnx()).Name);
        var scores = Quick.Scores(student, data);
        Quick.Close(scores, Quick.Scores(ml.Model.Load(folder["student.zip"], out _), data), 1e-6);
        Quick.Close(scores, PlainOnnx.Run(student.ToOnnx(), rows, Size), 1e-4);
    }

    [Fact]
    public void OneOfAnotherKindCanTeach()
    {
        var rows = Drawn.Rows(48);
        using var teacher = Quick.Fit(Quick.Options(student: ImageClassifier.ShuffleNetV2Cifar, epochs: 2, rate: .002), rows);

        using var student = Quick.Fit(Quick.Options(StudentTeacher.FromTransformer(teacher), ImageClassifier.WideResNet16x1, epochs: 5, rate: .02), rows);

        Assert.True(student.Report.Terms["kd"][^1] < student.Report.Terms["kd"][0], $"From {student.Report.Terms["kd"][0]} to {student.Report.Terms["kd"][^1]}.");
    }
}
