namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>Whole runs that ask for self-distillation's own evidence.</summary>
[Collection(nameof(TrainingTests))]
public sealed class EvidenceRunTests
{
    private static readonly EvidenceOptions Some = new() { NoiseStrengths = [0, .1, 1.5], Draws = 3, GradientBatches = 2 };
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void StudentAndBaselineHaveTheirs()
    {
        var (train, validation) = (Drawn.View(_ml, Drawn.Rows(48)), Drawn.View(_ml, Drawn.Rows(30, seed: 2)));
        using var without = _ml.DistillImageClassification(Options(null)).Fit(train, validation);
        using var student = _ml.DistillImageClassification(Options(Some)).Fit(train, validation);
        using var again = _ml.DistillImageClassification(Options(Some)).Fit(train, validation);

        // Looking changes nothing.
        Assert.Equal(without.ToOnnx(), student.ToOnnx());
        Assert.Null(without.Report.StudentFigures!.Evidence);
        Assert.Equal(without.Report.Comparison!.Seeds, student.Report.Comparison!.Seeds);
        foreach (var figures in new[] { student.Report.StudentFigures!, student.Report.BaselineFigures! })
        {
            Assert.Equal([0, .1, 1.5], figures.Evidence!.WeightNoise.Select(noise => noise.Strength));
            Assert.Equal(Enumerable.Repeat(figures.Accuracies[0], 3), figures.Evidence.WeightNoise[0].Accuracies);
            // Noise larger than the weights leaves guesses among three classes.
            Assert.InRange(figures.Evidence.WeightNoise[2].Accuracy, 0, .75);
            Assert.Equal(["conv1", "layer1", "layer2", "layer3", "classifier"], figures.Evidence.Gradients.Select(stage => stage.Stage));
            Assert.All(figures.Evidence.Gradients, stage => Assert.True(double.IsFinite(stage.Norm) && stage.Norm > 0, $"{stage}"));
        }
        Assert.NotEqual(student.Report.StudentFigures!.Evidence!.Gradients, student.Report.BaselineFigures!.Evidence!.Gradients);
        Assert.Equal(student.Report.StudentFigures.Evidence.Gradients, again.Report.StudentFigures!.Evidence!.Gradients);
        Assert.Equal(Accuracies(student.Report), Accuracies(again.Report));
        Assert.Equal("noise 0 0.1 1.5, 3 draws, 2 batches", student.Report.Options["Evidence"]);
    }

    [Fact]
    public void WithoutImagesToMeasureOnItIsRefused() => Assert.Contains(
        "Evidence measures accuracy on images that train nobody, and there is no validation data",
        Assert.Throws<ArgumentException>(() => _ml.DistillImageClassification(new() { Evidence = new() }).Fit(Drawn.View(_ml, Drawn.Rows(6)))).Message, StringComparison.Ordinal);

    [Fact]
    public void FaultsAreTold()
    {
        var options = new ImageClassificationDistillationOptions { Evidence = new() { NoiseStrengths = [0, .5, .5], Draws = 0, GradientBatches = 0 } };
        Assert.Equal(
            string.Join(
                Environment.NewLine + "  - ",
                "Options of DistillImageClassification: 3 faults.",
                "Evidence.NoiseStrengths is 0 0.5 0.5; at least one is needed, each 0 or more and above the one before.",
                "Evidence.Draws is 0; it must be at least 1.",
                "Evidence.GradientBatches is 0; it must be at least 1. (Parameter 'options')"),
            Assert.Throws<ArgumentException>(options.Validate).Message);
        foreach (var strengths in (double[][])[[], [-.1], [double.NaN], [0, double.PositiveInfinity]])
            Assert.Contains("at least one is needed", Assert.Throws<ArgumentException>(new ImageClassificationDistillationOptions { Evidence = new() { NoiseStrengths = strengths } }.Validate).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<double> Accuracies(TrainingReport report) => report.StudentFigures!.Evidence!.WeightNoise.SelectMany(noise => noise.Accuracies);

    private static ImageClassificationDistillationOptions Options(EvidenceOptions? evidence) => new()
    {
        Student = ImageClassifier.ResNet8,
        Methods = { new BeYourOwnTeacher() },
        CompareToBaseline = new() { Seeds = 1 },
        Evidence = evidence,
        ImageSize = Quick.Size,
        Epochs = 2,
        BatchSize = 16,
        Threads = 1,
        Seed = 5,
    };
}
