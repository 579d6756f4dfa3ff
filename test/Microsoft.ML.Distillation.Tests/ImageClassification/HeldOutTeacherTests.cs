namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>What reports tell of teachers of every kind.</summary>
[Collection(nameof(TrainingTests))]
public sealed class HeldOutTeacherTests(FittedPipeline fitted)
{
    private static readonly IReadOnlyList<DrawnRow> Train = Drawn.Rows(48), Unseen = Drawn.Rows(30, seed: 2);
    private readonly MLContext _ml = new(seed: 1);

    // Of the training rows it says other things: were it asked by their places, it would be right on others.
    [Fact]
    public void ATeacherThatGoesByRowsLooksAtTheHeldOutOnes()
    {
        var report = Report(new TransformerTeacher(fitted.Student), [new KnowledgeDistillation()]);

        Assert.Equal(Quick.Accuracy(Quick.Scores(fitted.Student, Drawn.View(_ml, Unseen)), Unseen), report.TeacherFigures!.Accuracy!.Value, 1e-12);
        Assert.Null(report.TeacherFigures.ModelBytes);
        Assert.All(report.Mistakes, mistake => Assert.Null(mistake.TeacherAttention));
    }

    [Fact]
    public void AStudentAsTeacherShowsItsMapsAndItsVectors()
    {
        var report = Report(StudentTeacher.FromTransformer(fitted.Student), [new KnowledgeDistillation()]);

        Assert.NotEmpty(report.Mistakes);
        Assert.All(report.Mistakes, mistake => Assert.NotNull(mistake.TeacherAttention));
        Assert.InRange(report.Features!.DirectionAlignment!.Value, -1, 1);
        Assert.InRange(report.Features.TeacherBetweenClassCosine!.Value, -1, 1);
        Assert.Null(report.Comparison);
        Assert.Null(report.BaselineFigures);
    }

    // The very student that teaches, not trained any further: all that compares the two is at its end.
    [Fact]
    public void AStudentThatIsItsTeacherAgreesWithIt()
    {
        var onnx = fitted.Student.ToOnnx();
        using var student = _ml.DistillImageClassification(new ImageClassificationDistillationOptions
        {
            Teacher = StudentTeacher.FromOnnx(onnx),
            Student = ImageClassifier.FromOnnx(onnx),
            Methods = { new KnowledgeDistillation() },
            ImageSize = Quick.Size,
            Optimizer = new SgdOptions { LearningRate = 1e-30, WeightDecay = 0 },
            Augmentation = ImageAugmentation.None,
            Epochs = 1,
            BatchSize = 48,
            Threads = 1,
        }).Fit(Drawn.View(_ml, Train), Drawn.View(_ml, Unseen));

        Assert.InRange(student.Report.Features!.DirectionAlignment!.Value, .9, 1.0001);
        Assert.InRange(student.Report.StudentFigures!.TeacherAgreement!.Value, .8, 1);
    }

    [Fact]
    public void ATeacherThatCannotBeMeasuredCostsTheReportAndNotTheModel()
    {
        var warnings = new List<string>();
        _ml.Log += (_, line) => warnings.Add(line.Message);
        var failing = new FailsTheSecondTime(ColourTeacher.Named(Drawn.Classes));
        using var student = _ml.DistillImageClassification(Quick.Options(failing, epochs: 1)).Fit(Drawn.View(_ml, Train), Drawn.View(_ml, Unseen));

        Assert.Null(student.Report.TeacherFigures!.Accuracy);
        Assert.NotNull(student.Report.StudentFigures!.Accuracy);
        Assert.Contains(warnings, line => line.Contains("The report goes without the teacher on the validation images: gone", StringComparison.Ordinal));
    }

    private TrainingReport Report(Teacher teacher, IList<DistillationMethod> methods)
    {
        using var student = _ml.DistillImageClassification(new ImageClassificationDistillationOptions
        {
            Teacher = teacher,
            Student = ImageClassifier.ResNet8,
            Methods = methods,
            ImageSize = Quick.Size,
            Optimizer = new SgdOptions { LearningRate = .001 },
            Augmentation = ImageAugmentation.None,
            Epochs = 1,
            BatchSize = 16,
            Threads = 1,
            Seed = 3,
        }).Fit(Drawn.View(_ml, Train), Drawn.View(_ml, Unseen));
        return student.Report;
    }
}
