using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>Options that learn the drawn images in a second.</summary>
internal static class Quick
{
    public static readonly ImageSize Size = new(8, 8);

    public static ImageClassificationDistillationOptions Options(
        Teacher? teacher = null, ImageClassifier? student = null, int epochs = 2, int batch = 16, double alpha = .9, double rate = .05, int? seed = 1,
        ImageSize? size = null, IProgress<DistillationProgress>? progress = null, CancellationToken cancellation = default) => new()
        {
            Teacher = teacher,
            Student = student ?? ImageClassifier.ResNet8,
            Methods = teacher is null ? [] : [new KnowledgeDistillation { Alpha = alpha }],
            ImageSize = size ?? Size,
            Epochs = epochs,
            BatchSize = batch,
            Optimizer = new SgdOptions { LearningRate = rate },
            Schedule = new ConstantRate(),
            Augmentation = ImageAugmentation.None,
            Threads = 1,
            Seed = seed,
            Checkup = null,
            Progress = progress,
            CancellationToken = cancellation,
        };

    public static ImageClassificationDistillationTransformer Fit(ImageClassificationDistillationOptions options, IReadOnlyList<DrawnRow> rows)
    {
        var ml = new MLContext(seed: 1);
        return ml.DistillImageClassification(options).Fit(Drawn.View(ml, rows));
    }

    public static float[][] Scores(ITransformer model, IDataView data, string column = "Score") => [.. model.Transform(data).GetColumn<float[]>(column)];

    /// <summary>Share of rows whose highest score is their label's.</summary>
    public static double Accuracy(float[][] scores, IReadOnlyList<DrawnRow> rows) =>
        scores.Zip(rows).Count(p => Drawn.Classes[Array.IndexOf(p.First, p.First.Max())] == p.Second.Label) / (double)rows.Count;

    public static void Close(float[][] expected, float[][] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var row = 0; row < expected.Length; row++)
        {
            Assert.Equal(expected[row].Length, actual[row].Length);
            for (var i = 0; i < expected[row].Length; i++)
                Assert.True(Math.Abs(expected[row][i] - actual[row][i]) <= tolerance, $"Row {row}, class {i}: expected {expected[row][i]}, got {actual[row][i]}.");
        }
    }
}
