using System.IO.Compression;
using System.Text.Json;
using Microsoft.ML.Distillation.Evaluation;

namespace Microsoft.ML.Distillation.Tests.Evaluation;

/// <summary>A case of test/goldens/evaluation: boxes as COCO writes them, with the figures somebody else computed.</summary>
internal sealed class CocoCase
{
    public required int Images { get; init; }

    public required int Classes { get; init; }

    /// <summary>Image and class from 1, x, y, width, height, whether a crowd, and the area where it isn't the box's.</summary>
    public required double[][] Truth { get; init; }

    /// <summary>Image and class from 1, x, y, width, height, score.</summary>
    public required double[][] Detections { get; init; }

    /// <summary>AP, AP50, AP75, AP of small, medium, large; AR of 1, 10, 100 detections; AR of small, medium, large; −1 for none.</summary>
    public required double[] Stats { get; init; }

    /// <summary>AP by class; −1 for none.</summary>
    public required double[] PerClassAP { get; init; }

    public IReadOnlyList<string> ClassNames => [.. Enumerable.Range(1, Classes).Select(c => $"class {c}")];

    /// <summary>300 cases by the COCO API itself.</summary>
    public static CocoCase[] OfTheApi()
    {
        using var file = new GZipStream(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "goldens", "evaluation", "coco-map.json.gz")), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<CaseFile>(file, JsonSerializerOptions.Web)!.Cases;
    }

    /// <summary>What make_detection_metrics.py computed.</summary>
    public static CocoCase[] Hard() => Golden.Read<CaseFile>("evaluation/detection-metrics.json").Cases;

    public EvaluatedImage[] Records() => [.. Enumerable.Range(1, Images).Select(image => new EvaluatedImage(
        [.. Truth.Where(t => t[0] == image).Select(t => new TrueObject((int)t[1] - 1, t[2], t[3], t[4], t[5], Area(t), t[6] == 1))],
        [.. Detections.Where(d => d[0] == image).Select(d => new DetectedObject((int)d[1] - 1, d[2], d[3], d[4], d[5], d[6]))]))];

    /// <summary>As rows of a data view, in text and floats.</summary>
    public DetectionRow[] Rows() => [.. Enumerable.Range(1, Images).Select(image =>
    {
        var (truth, found) = (Truth.Where(t => t[0] == image).ToArray(), Detections.Where(d => d[0] == image).ToArray());
        return new DetectionRow
        {
            Label = [.. truth.Select(t => ClassNames[(int)t[1] - 1])],
            BoundingBoxes = [.. truth.SelectMany(Corners)],
            Area = [.. truth.Select(t => (float)Area(t))],
            IsCrowd = [.. truth.Select(t => t[6] == 1)],
            PredictedLabel = [.. found.Select(d => ClassNames[(int)d[1] - 1])],
            PredictedBoundingBoxes = [.. found.SelectMany(Corners)],
            Score = [.. found.Select(d => (float)d[6])],
        };
    })];

    public void Check(DetectionMetrics metrics, int number)
    {
        double[] stats =
        [
            metrics.MeanAveragePrecision, metrics.MeanAveragePrecision50, metrics.MeanAveragePrecision75,
            metrics.MeanAveragePrecisionSmall, metrics.MeanAveragePrecisionMedium, metrics.MeanAveragePrecisionLarge,
            metrics.AverageRecall1, metrics.AverageRecall10, metrics.AverageRecall100,
            metrics.AverageRecallSmall, metrics.AverageRecallMedium, metrics.AverageRecallLarge,
        ];
        for (var i = 0; i < Stats.Length; i++)
            Check(Stats[i], stats[i], $"figure {i} of case {number}");
        for (var c = 0; c < Classes; c++)
            Check(PerClassAP[c], metrics.PerClass.SingleOrDefault(m => m.Name == ClassNames[c])?.AveragePrecision ?? double.NaN, $"class {c} of case {number}");
    }

    private static void Check(double expected, double got, string what) => Assert.True(
        expected == -1 ? double.IsNaN(got) : Math.Abs(got - expected) <= 1e-9, $"{what}: {got} instead of {expected}");

    private static double Area(double[] truth) => truth.Length > 7 ? truth[7] : truth[4] * truth[5];

    private static float[] Corners(double[] box) =>
        [(float)box[2], (float)box[3], (float)((decimal)box[2] + (decimal)box[4]), (float)((decimal)box[3] + (decimal)box[5])];

    private sealed record CaseFile(CocoCase[] Cases);
}
