using Microsoft.ML.Data;
using Microsoft.ML.Distillation.ObjectDetection;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

/// <summary>Small detectors on drawn scenes, trained in seconds.</summary>
internal static class QuickDetector
{
    public static readonly ImageSize Size = new(64, 64);

    /// <summary>Scenes of one to three rectangles, every sixth of them empty, on images of several shapes; a function of the seed.</summary>
    public static IDataView Data(MLContext ml, int count, int seed) => Scenes.View(ml, Rows(count, seed));

    public static List<Scenes.SceneRow> Rows(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => Row(random, i))];
    }

    public static ObjectDetectionDistillationOptions Options(
        int epochs = 2, int batch = 8, double rate = 2e-3, DetectorTeacher? teacher = null, DetectionMethod[]? methods = null, ObjectDetector? student = null, int? seed = 1,
        IDataView? validation = null, double fraction = 0, string? folder = null, IProgress<DistillationProgress>? progress = null, CancellationToken cancellation = default,
        DetectionAugmentation? augmentation = null, WeightAverageOptions? average = null, double threshold = .25, PseudoLabelOptions? pseudoLabels = null,
        BaselineComparisonOptions? comparison = null, bool labelled = true, bool checkup = false, Precision precision = Precision.Float32,
        QuantizationAwareOptions? aware = null, CancellationResult result = default) => new()
        {
            Teacher = teacher,
            Student = student ?? ObjectDetector.YoloV5n,
            Methods = methods ?? [],
            PseudoLabels = pseudoLabels,
            LabelColumnName = labelled ? "Label" : null,
            BoundingBoxColumnName = labelled ? "BoundingBoxes" : null,
            ValidationLabelColumnName = labelled ? null : "Label",
            ValidationBoundingBoxColumnName = labelled ? null : "BoundingBoxes",
            CompareToBaseline = comparison,
            Checkup = checkup ? new() { SampleRows = 16 } : null,
            ImageSize = Size,
            Epochs = epochs,
            BatchSize = batch,
            Optimizer = new AdamWOptions { LearningRate = rate, DecayVectors = false },
            Schedule = new WarmUpCosine { WarmUpEpochs = epochs > 1 ? 1 : 0, FinalFactor = .01 },
            Augmentation = augmentation ?? new DetectionAugmentation { Mosaic = 0, Scale = .2 },
            WeightAverage = average ?? new WeightAverageOptions { WarmUpSteps = 50 },
            Precision = precision,
            Threads = 1,
            Seed = seed,
            ValidationSet = validation,
            ValidationFraction = fraction,
            CheckpointFolder = folder,
            Progress = progress,
            CancellationToken = cancellation,
            OnCancellation = result,
            QuantizationAware = aware,
            ScoreThreshold = threshold,
        };

    /// <summary>What a model finds on scenes.</summary>
    public static List<(uint[] Labels, float[] Scores, float[] Boxes)> Found(ITransformer model, IDataView data) => Scenes.Found(model.Transform(data));

    private static Scenes.SceneRow Row(Random random, int i)
    {
        var (width, height) = (i % 3) switch { 0 => (64, 64), 1 => (96, 72), _ => (60, 80) };
        var objects = new List<(int, int, int, int, int)>();
        // A cell of a 2×2 grid each: rectangles don't hide one another.
        foreach (var cell in i % 6 == 5 ? [] : Enumerable.Range(0, 4).OrderBy(_ => random.Next()).Take(1 + random.Next(3)))
        {
            var (w, h) = (14 + random.Next(width / 2 - 15), 14 + random.Next(height / 2 - 15));
            var (x, y) = (cell % 2 * width / 2 + random.Next(width / 2 - w), cell / 2 * height / 2 + random.Next(height / 2 - h));
            objects.Add((random.Next(3), x, y, x + w, y + h));
        }
        return Scenes.Row(width, height, [.. objects]);
    }
}
