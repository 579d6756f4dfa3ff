using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Checkup;
using Microsoft.ML.Distillation.Reports;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>Whole runs that ask whether distillation helped.</summary>
[Collection(nameof(TrainingTests))]
public sealed class CompareToBaselineTests(ComparedRun run) : IClassFixture<ComparedRun>
{
    [Fact]
    public void EverySeedHasTwoStudentsThatAreMeasuredOnTheSameImages()
    {
        var comparison = run.Student.Report.Comparison!;

        Assert.Equal([5, 6, 7], comparison.Seeds.Select(seed => seed.Seed));
        Assert.Equal([5, 6, 7], run.Student.Report.Seeds);
        Assert.Equal(ComparedRun.Unseen.Count, comparison.Images);
        Assert.Equal(comparison.Seeds.Select(seed => seed.Baseline), run.Student.Report.BaselineFigures!.Accuracies);
        Assert.Equal(comparison.Seeds.Select(seed => seed.Distilled), run.Student.Report.StudentFigures!.Accuracies);
        Assert.Equal(comparison.MeanGain, run.Student.Report.StudentFigures.Accuracy!.Value - run.Student.Report.BaselineFigures.Accuracy!.Value, 1e-12);
    }

    // Twelve classifications of sixty images, made by other means than the comparison's own.
    [Fact]
    public void BaselinesAreTheStudentsThatTrainAlone()
    {
        Assert.All(run.Student.Report.Comparison!.Seeds, seed =>
        {
            using var alone = run.Ml.DistillImageClassification(Quick.Options(seed: seed.Seed, rate: ComparedRun.Rate)).Fit(run.Train, run.Validation);

            Assert.Equal(seed.Baseline, alone.Report.ValidationAccuracy[^1]);
            Assert.Equal(seed.Baseline, Quick.Accuracy(Quick.Scores(alone, run.Validation), ComparedRun.Unseen), 1e-12);
        });
    }

    [Fact]
    public void DistilledStudentsAreThoseOfSingleRuns()
    {
        Assert.All(run.Student.Report.Comparison!.Seeds, seed =>
        {
            using var single = run.Ml.DistillImageClassification(
                Quick.Options(ColourTeacher.Named(Drawn.Classes), seed: seed.Seed, rate: ComparedRun.Rate)).Fit(run.Train, run.Validation);

            Assert.Equal(seed.Distilled, single.Report.StudentFigures!.Accuracy);
            if (seed.Seed == 5)
                Assert.Equal(single.ToOnnx(), run.Student.ToOnnx());
        });
    }

    [Fact]
    public void ItTellsInTurnWhichStudentTrains()
    {
        var heard = run.Listener.Of(DistillationPhase.Training).Select(p => (p.Run, p.Runs)).Distinct().ToList();

        Assert.Equal([(1, 6), (2, 6), (3, 6), (4, 6), (5, 6), (6, 6)], heard);
    }

    [Fact]
    public void FiguresAreOfTheReturnedStudent()
    {
        var (report, scores) = (run.Student.Report, Quick.Scores(run.Student, run.Validation));
        var predicted = scores.Select(s => Array.IndexOf(s, s.Max())).ToList();
        var labels = ComparedRun.Unseen.Select(row => Array.IndexOf(Drawn.Classes, row.Label)).ToList();

        Assert.Equal(report.StudentFigures!.Accuracies[0], Quick.Accuracy(scores, ComparedRun.Unseen), 1e-12);
        for (var label = 0; label < 3; label++)
            Assert.Equal(Enumerable.Range(0, 3).Select(p => predicted.Zip(labels).Count(pair => pair == (p, label))), report.StudentFigures.Confusion[label]);
        Assert.Equal(run.Student.ToOnnx().Length, report.StudentFigures.ModelBytes);
        Assert.Equal(report.Parameters, report.StudentFigures.Parameters);
        Assert.True(report.StudentFigures.LatencyMs > 0);
        Assert.Equal(Drawn.Classes, report.StudentFigures.PerClass.Select(c => c.Name));
        Assert.InRange(report.StudentFigures.Ece!.Value, 0, 1);
        Assert.Equal(ComparedRun.Unseen.Count, report.StudentFigures.Calibration.Sum(bin => bin.Images));
    }

    [Fact]
    public void TheTeacherIsMeasuredOnTheSameImages()
    {
        var figures = run.Student.Report.TeacherFigures!;
        var metrics = run.Ml.EvaluateTeacher(ColourTeacher.Named(Drawn.Classes), run.Validation, imageSize: Quick.Size);

        Assert.Equal(metrics.Accuracy, figures.Accuracy);
        Assert.Equal((metrics.Parameters, metrics.ModelBytes), (figures.Parameters, figures.ModelBytes));
        Assert.True(figures.LatencyMs > 0);
        Assert.InRange(run.Student.Report.StudentFigures!.TeacherAgreement!.Value, 0, 1);
    }

    [Fact]
    public void WhetherTheTeacherIsBetterThanTheBaselinesIsAFinding()
    {
        var (report, expected) = (run.Student.Report, run.Student.Report.Comparison!);

        Assert.Equal(
            TeacherGain.IsTeacherBetter(report.TeacherFigures!.Accuracy!.Value, [.. expected.Seeds.Select(seed => seed.Baseline)], expected.Images),
            Assert.Single(report.Checkup, finding => finding.Code == "teacher-gain"));
        Assert.Contains(ReportDocument.Of(report).Checkup!, finding => finding.Code == "teacher-gain");
    }

    [Fact]
    public void MistakesAreWrongAndHavePictures()
    {
        var (mistakes, scores) = (run.Student.Report.Mistakes, Quick.Scores(run.Student, run.Validation));

        Assert.NotEmpty(mistakes);
        Assert.Equal(mistakes.OrderByDescending(m => m.Confidence), mistakes);
        Assert.All(mistakes, mistake =>
        {
            Assert.Equal(ComparedRun.Unseen[mistake.Row].Label, mistake.Label);
            Assert.Equal(Drawn.Classes[Array.IndexOf(scores[mistake.Row], scores[mistake.Row].Max())], mistake.Predicted);
            Assert.NotEqual(mistake.Label, mistake.Predicted);
            Assert.Equal(mistake.Confidence, scores[mistake.Row].Max(), 1e-3);
            using var drawn = ComparedRun.Unseen[mistake.Row].Image;
            using var picture = MLImage.CreateFromStream(new MemoryStream(mistake.Image!));
            Assert.Equal(drawn.GetBGRPixels, picture.GetBGRPixels);
            Assert.NotNull(mistake.StudentAttention);
            Assert.Contains(mistake.Teacher, Drawn.Classes);
        });
    }

    [Fact]
    public void ItsFilesSayTheSame()
    {
        using var folder = new TemporaryFolder();
        run.Student.Report.SaveAsJson(folder["report.json"]);
        run.Student.Report.SaveAsHtml(folder["report.html"]);

        var json = ReportDocument.Parse(File.ReadAllText(folder["report.json"]));
        Assert.Equal(run.Student.Report.Comparison!.Seeds.Select(seed => seed.Gain), json.Gains);
        Assert.Equal((ComparedRun.Unseen.Count, run.Student.Report.Comparison.Text), (json.Verdict!.Images, json.Verdict.Text));
        Assert.Contains("Did distillation help?", File.ReadAllText(folder["report.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutImagesToMeasureOnNothingIsTrained()
    {
        var options = Compared(ColourTeacher.Named(Drawn.Classes));
        var error = Assert.Throws<ArgumentException>(() => run.Ml.DistillImageClassification(options).Fit(run.Train));

        Assert.Contains("CompareToBaseline measures on images that train nobody, and there is no validation data", error.Message, StringComparison.Ordinal);
    }

    // Leaving out the seed that failed would make the others look better than distillation is.
    [Fact]
    public void ALaterTrainingThatFailsCostsTheComparisonAndNotTheModel()
    {
        var ml = new MLContext(seed: 1);
        var warnings = new List<string>();
        ml.Log += (_, line) => warnings.Add(line.Message);
        var listener = new Listener(p =>
        {
            if (p is { Run: 4, Phase: DistillationPhase.Training })
                throw new InvalidOperationException("diverged");
        });
        using var student = ml.DistillImageClassification(Compared(ColourTeacher.Named(Drawn.Classes), listener)).Fit(run.Train, run.Validation);

        Assert.Equal(run.Student.ToOnnx(), student.ToOnnx());
        Assert.Null(student.Report.Comparison);
        Assert.Equal(run.Student.Report.Comparison!.Seeds[0].Baseline, student.Report.BaselineFigures!.Accuracy);
        Assert.Contains(warnings, line => line.Contains("There is no comparison with the baseline, since one of its trainings failed: diverged", StringComparison.Ordinal));
    }

    [Fact]
    public void ABaselineThatFailsCostsTheComparisonAndNotTheModel()
    {
        var listener = new Listener(p =>
        {
            if (p is { Run: 1, Phase: DistillationPhase.Training })
                throw new InvalidOperationException("diverged");
            Assert.InRange(p.Run, 0, 2);
        });
        using var student = run.Ml.DistillImageClassification(Compared(ColourTeacher.Named(Drawn.Classes), listener)).Fit(run.Train, run.Validation);

        Assert.Equal(run.Student.ToOnnx(), student.ToOnnx());
        Assert.Equal((null, null), (student.Report.Comparison, student.Report.BaselineFigures));
    }

    [Fact]
    public void ARunCancelledWhileItIsMeasuredReturnsItsModel()
    {
        using var source = new CancellationTokenSource();
        var listener = new Listener(p =>
        {
            if (p is { Run: 2, Phase: DistillationPhase.Validating, Epoch: 2 })
                source.Cancel();
        });
        var options = Compared(ColourTeacher.Named(Drawn.Classes), listener, source.Token);
        using var student = run.Ml.DistillImageClassification(options).Fit(run.Train, run.Validation);

        Assert.Equal(run.Student.ToOnnx(), student.ToOnnx());
        Assert.Null(student.Report.Comparison);
    }

    [Fact]
    public void TheModelsOwnTrainingThatFailsIsAnError()
    {
        var listener = new Listener(p =>
        {
            if (p is { Run: 2, Phase: DistillationPhase.Training })
                throw new InvalidOperationException("diverged");
        });

        Assert.Throws<InvalidOperationException>(() => run.Ml.DistillImageClassification(Compared(ColourTeacher.Named(Drawn.Classes), listener)).Fit(run.Train, run.Validation));
    }

    [Fact]
    public void ASelfDistillationIsComparedWithTheSameStudentWithoutIt()
    {
        var options = new ImageClassificationDistillationOptions
        {
            Student = ImageClassifier.ResNet8,
            Methods = { new BeYourOwnTeacher() },
            CompareToBaseline = new() { Seeds = 1 },
            ImageSize = Quick.Size,
            Epochs = 1,
            BatchSize = 16,
            Threads = 1,
            Seed = 5,
        };
        using var student = run.Ml.DistillImageClassification(options).Fit(run.Train, run.Validation);

        Assert.Null(student.Report.TeacherFigures);
        Assert.Equal(ComparisonVerdict.TooFewSeeds, student.Report.Comparison!.Verdict);
        Assert.NotNull(student.Report.BaselineFigures!.Accuracy);
        Assert.Equal(["exit1", "exit2", "exit3"], student.Report.Exits.Select(exit => exit.Name));
        Assert.Equal(student.Report.Parameters, student.Report.Exits[^1].Parameters);
        Assert.True(student.Report.Exits[0].Parameters < student.Report.Exits[^1].Parameters);
        Assert.Equal(student.Report.StudentFigures!.Accuracies[0], student.Report.Exits[^1].Accuracy);
    }

    [Fact]
    public void FaultsAreTold()
    {
        var error = Assert.Throws<ArgumentException>(() => new ImageClassificationDistillationOptions { CompareToBaseline = new() { Seeds = 0 } }.Validate());

        Assert.Equal(
            string.Join(
                Environment.NewLine + "  - ",
                "Options of DistillImageClassification: 2 faults.",
                "CompareToBaseline.Seeds is 0; it must be at least 1, and 3 or more for an answer.",
                "CompareToBaseline is set, but Methods is empty, so that the student is its own baseline: add a method, or leave the comparison out. (Parameter 'options')"),
            error.Message);
        var unlabelled = new ImageClassificationDistillationOptions
        {
            LabelColumnName = null, Teacher = ColourTeacher.Named(Drawn.Classes), Methods = { new KnowledgeDistillation { Alpha = 1 } }, CompareToBaseline = new(),
        };
        Assert.Contains("without labels (LabelColumnName is null) it would learn from nothing", Assert.Throws<ArgumentException>(unlabelled.Validate).Message, StringComparison.Ordinal);
    }

    internal static ImageClassificationDistillationOptions Compared(
        Teacher teacher, IProgress<DistillationProgress>? progress = null, CancellationToken cancellation = default) => new()
    {
        Teacher = teacher,
        Student = ImageClassifier.ResNet8,
        Methods = { new KnowledgeDistillation { Alpha = .9 } },
        CompareToBaseline = new(),
        ImageSize = Quick.Size,
        Epochs = 2,
        BatchSize = 16,
        Optimizer = new SgdOptions { LearningRate = ComparedRun.Rate },
        Schedule = new ConstantRate(),
        Augmentation = ImageAugmentation.None,
        Threads = 1,
        Seed = 5,
        Progress = progress,
        CancellationToken = cancellation,
        OnCancellation = CancellationResult.ReturnBest,
    };
}

/// <summary>A comparison over three seeds, run once for all tests that only look at it.</summary>
public sealed class ComparedRun : IDisposable
{
    // Slow enough that some images are still wrong in the end.
    internal const double Rate = .01;

    public ComparedRun()
    {
        (Train, Validation) = (Drawn.View(Ml, Drawn.Rows(96)), Drawn.View(Ml, Unseen));
        Student = Ml.DistillImageClassification(CompareToBaselineTests.Compared(ColourTeacher.Named(Drawn.Classes), Listener)).Fit(Train, Validation);
    }

    internal static IReadOnlyList<DrawnRow> Unseen { get; } = Drawn.Rows(60, seed: 2);

    internal Listener Listener { get; } = new();

    public MLContext Ml { get; } = new(seed: 1);

    public IDataView Train { get; }

    public IDataView Validation { get; }

    public ImageClassificationDistillationTransformer Student { get; }

    public void Dispose() => Student.Dispose();
}
