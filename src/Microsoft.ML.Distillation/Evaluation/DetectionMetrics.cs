using Microsoft.ML.Distillation.Evaluation;

namespace Microsoft.ML.Distillation;

/// <summary>
/// How well a detector finds objects: the twelve figures of the COCO challenge and what they are made of, equal to what the COCO API (pycocotools) computes.
/// </summary>
/// <remarks>
/// <para>
/// Average precision of a class is the mean precision at 101 recalls; a figure is the mean over the classes that have objects of its kind. An object is of its
/// kind by its area in square pixels: small to 32², medium 32² to 96², large from 96². Of an image at most 100 detections of a class count, those of the
/// highest scores; of equal scores the first.
/// </para>
/// <para>
/// Where no object is of a figure's kind, the figure is <see cref="double.NaN"/> (the COCO API writes −1). So a class that has no objects, though it may have
/// been predicted, counts in no mean; a class with objects that is never predicted counts as 0. Images without objects count by their false detections, images without detections by
/// what was missed.
/// </para>
/// <para>
/// Lin et al.: "Microsoft COCO: common objects in context", 2014, https://arxiv.org/abs/1405.0312; protocol: https://cocodataset.org/#detection-eval.
/// </para>
/// </remarks>
public sealed class DetectionMetrics
{
    /// <summary>Images looked at.</summary>
    public required int Images { get; init; }

    /// <summary>mAP 50:95: the mean of the average precision at the IoU thresholds .5, .55, …, .95; 0…1.</summary>
    public required double MeanAveragePrecision { get; init; }

    /// <summary>mAP 50: average precision at an IoU of .5; 0…1.</summary>
    public required double MeanAveragePrecision50 { get; init; }

    /// <summary>mAP 75: average precision at an IoU of .75; 0…1.</summary>
    public required double MeanAveragePrecision75 { get; init; }

    /// <summary>mAP 50:95 of objects of at most 32² square pixels; 0…1.</summary>
    public required double MeanAveragePrecisionSmall { get; init; }

    /// <summary>mAP 50:95 of objects of 32² to 96² square pixels; 0…1.</summary>
    public required double MeanAveragePrecisionMedium { get; init; }

    /// <summary>mAP 50:95 of objects of at least 96² square pixels; 0…1.</summary>
    public required double MeanAveragePrecisionLarge { get; init; }

    /// <summary>The share of objects found if each class may be detected once an image, the mean over the IoU thresholds; 0…1.</summary>
    public required double AverageRecall1 { get; init; }

    /// <summary>The share of objects found by at most 10 detections of a class an image, the mean over the IoU thresholds; 0…1.</summary>
    public required double AverageRecall10 { get; init; }

    /// <summary>The share of objects found by at most 100 detections of a class an image, the mean over the IoU thresholds; 0…1.</summary>
    public required double AverageRecall100 { get; init; }

    /// <summary><see cref="AverageRecall100"/> of objects of at most 32² square pixels; 0…1.</summary>
    public required double AverageRecallSmall { get; init; }

    /// <summary><see cref="AverageRecall100"/> of objects of 32² to 96² square pixels; 0…1.</summary>
    public required double AverageRecallMedium { get; init; }

    /// <summary><see cref="AverageRecall100"/> of objects of at least 96² square pixels; 0…1.</summary>
    public required double AverageRecallLarge { get; init; }

    /// <summary>
    /// Each class by itself: those of the label's key in its order, then those of the predicted label's key that are not among them; of columns of text in the order in
    /// which they occur.
    /// </summary>
    public required IReadOnlyList<ClassDetectionMetrics> PerClass { get; init; }

    /// <summary>Precision against recall at an IoU threshold, the mean over the classes that have objects.</summary>
    /// <param name="iouThreshold">One of .5, .55, …, .95.</param>
    /// <returns>The curve whose mean is the mean average precision at that threshold.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such threshold.</exception>
    public PrecisionRecallCurve Curve(double iouThreshold = .5)
    {
        var place = PrecisionRecallCurve.Place(iouThreshold);
        var curves = PerClass.Where(c => c.Objects > 0).Select(c => c.Curve(iouThreshold).Precision).ToList();
        var precision = Enumerable.Range(0, CocoProtocol.RecallThresholds.Length).Select(r => curves.Count == 0 ? double.NaN : curves.Average(c => c[r]));
        return new(CocoProtocol.IoUThresholds[place], [.. precision], [.. CocoProtocol.RecallThresholds.Select(_ => double.NaN)]);
    }
}
