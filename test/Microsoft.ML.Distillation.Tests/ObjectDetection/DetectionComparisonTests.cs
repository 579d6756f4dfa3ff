using Microsoft.ML.Distillation.Tests.ImageClassification;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

/// <summary>Whether distillation helped, asked of detectors.</summary>
[Collection(nameof(TrainedDetector))]
public sealed class DetectionComparisonTests(TrainedDetector trained)
{
    private readonly MLContext _ml = new(seed: 1);

    private DetectorStudentTeacher Teacher => DetectorStudentTeacher.FromOnnx(trained.Onnx);

    [Fact]
    public void EachSeedsPairIsWhatTwoRunsOfThatSeedAre()
    {
        using var folder = new TemporaryFolder();
        var listener = new Listener();
        ObjectDetectionDistillationTransformer Fit(int seed, bool alone, BaselineComparisonOptions? comparison = null, string? path = null, IProgress<DistillationProgress>? progress = null) =>
            _ml.DistillObjectDetection(QuickDetector.Options(
                epochs: 2, seed: seed, teacher: alone ? null : Teacher, methods: alone ? [] : [new YoloFeatureDistillation()], comparison: comparison, folder: path, progress: progress)).Fit(
                QuickDetector.Data(_ml, 16, seed: 1), QuickDetector.Data(_ml, 8, seed: 2));

        using var compared = Fit(1, alone: false, new() { Seeds = 2 }, folder.Path, listener);
        using var again = Fit(1, alone: false, new() { Seeds = 2 }, folder.Path);

        var comparison = compared.Report.Comparison!;
        Assert.Equal(("mAP 50:95", 8, true, ComparisonVerdict.TooFewSeeds), (comparison.Metric, comparison.Images, comparison.EpochsChosen, comparison.Verdict));
        Assert.Equal([1, 2], compared.Report.Seeds);
        foreach (var gain in comparison.Seeds)
        {
            using var alone = Fit(gain.Seed, alone: true);
            using var distilled = Fit(gain.Seed, alone: false);
            Assert.Equal(alone.Report.StudentFigures!.MeanAveragePrecision, gain.Baseline);
            Assert.Equal(distilled.Report.StudentFigures!.MeanAveragePrecision, gain.Distilled);
            Assert.Equal(gain.Seed == 1, distilled.ToOnnx().SequenceEqual(compared.ToOnnx()));
        }
        Assert.Equal(compared.Report.BaselineFigures!.MeanAveragePrecisions, comparison.Seeds.Select(s => s.Baseline));
        Assert.Equal(comparison.Seeds.Average(s => s.Distilled), compared.Report.StudentFigures!.MeanAveragePrecision!.Value, 1e-12);
        Assert.Equal([1, 2, 3, 4], listener.Of(DistillationPhase.Training).Select(p => p.Run).Distinct());
        Assert.Equal(["baseline-1", "baseline-2", "distilled-2"], Directory.GetDirectories(folder.Path).Select(Path.GetFileName).Order());
        Assert.Equal(compared.ToOnnx(), again.ToOnnx());
        Assert.Equal(comparison.Seeds, again.Report.Comparison!.Seeds);
        Assert.Equal("off", compared.Report.Options["Checkup"]);
        Assert.Empty(compared.Report.Checkup);
        Assert.Contains("Did distillation help?", Page(compared.Report), StringComparison.Ordinal);
    }

    // A student that has its teacher's labels alone is compared with one of the labels there are.
    [Fact]
    public void TheBaselineOfPseudoLabelsHasTheLabelsThereAre()
    {
        List<Scenes.SceneRow> Rows()
        {
            var rows = QuickDetector.Rows(12, seed: 1);
            rows[2..].ForEach(row => (row.Label, row.BoundingBoxes) = ([], []));
            return rows;
        }

        ObjectDetectionDistillationTransformer Fit(bool alone, BaselineComparisonOptions? comparison = null) => _ml.DistillObjectDetection(QuickDetector.Options(
            epochs: 1, teacher: alone ? null : Teacher, pseudoLabels: alone ? null : new() { ScoreThreshold = .3 }, comparison: comparison, student: Unfitted)).Fit(Scenes.View(_ml, Rows()), QuickDetector.Data(_ml, 8, seed: 2));

        using var compared = Fit(alone: false, new() { Seeds = 1 });
        using var alone = Fit(alone: true);

        Assert.True(compared.Report.IsDistilled);
        Assert.Equal(alone.Report.StudentFigures!.MeanAveragePrecision, compared.Report.BaselineFigures!.MeanAveragePrecision);
    }

    [Fact]
    public void WhatCantBeComparedIsRefused()
    {
        var data = QuickDetector.Data(_ml, 4, seed: 1);

        Assert.Contains(
            "CompareToBaseline measures on images that train nobody, and there is no validation data",
            Assert.Throws<ArgumentException>(() => _ml.DistillObjectDetection(QuickDetector.Options(teacher: Teacher, methods: [new YoloFeatureDistillation()], comparison: new())).Fit(data)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "Methods is empty and PseudoLabels is null, so that the student is its own baseline",
            Assert.Throws<ArgumentException>(() => _ml.DistillObjectDetection(QuickDetector.Options(comparison: new()))).Message, StringComparison.Ordinal);
        Assert.Contains("CompareToBaseline.Seeds is 0", Assert.Throws<ArgumentException>(() => _ml.DistillObjectDetection(QuickDetector.Options(comparison: new() { Seeds = 0 }))).Message, StringComparison.Ordinal);
    }

    // One that was trained before has anchors that stay what they are, whatever the labels.
    private ObjectDetector Unfitted => ObjectDetector.FromOnnx(trained.Onnx);

    private static string Page(TrainingReport report)
    {
        using var folder = new TemporaryFolder();
        report.SaveAsHtml(folder["report.html"]);
        return File.ReadAllText(folder["report.html"]);
    }
}
