using Microsoft.ML.Distillation.Evaluation;

namespace Microsoft.ML.Distillation;

/// <summary>How well a detector finds the objects of one class. Averages are NaN for a class without objects (but crowds).</summary>
public sealed class ClassDetectionMetrics
{
    private readonly CocoClassResult _result;

    internal ClassDetectionMetrics(string name, CocoClassResult result) => (Name, _result) = (name, result);

    /// <summary>The class.</summary>
    public string Name { get; }

    /// <summary>Objects that count: all but crowds.</summary>
    public int Objects => _result.Objects;

    /// <summary>Detections that count: of each image the 100 of the highest scores.</summary>
    public int Detections => _result.Detections;

    /// <summary>Average precision, the mean over the IoU thresholds .5, .55, …, .95; 0…1.</summary>
    public double AveragePrecision => _result.AveragePrecision[CocoProtocol.AnyArea].Average();

    /// <summary>Average precision at an IoU of .5; 0…1.</summary>
    public double AveragePrecision50 => _result.AveragePrecision[CocoProtocol.AnyArea][CocoProtocol.At50];

    /// <summary>Average precision at an IoU of .75; 0…1.</summary>
    public double AveragePrecision75 => _result.AveragePrecision[CocoProtocol.AnyArea][CocoProtocol.At75];

    /// <summary>The share of objects found by at most 100 detections an image, the mean over the IoU thresholds; 0…1.</summary>
    public double AverageRecall => _result.Recall[CocoProtocol.AnyArea].Average();

    /// <summary>Precision against recall at an IoU threshold.</summary>
    /// <param name="iouThreshold">One of .5, .55, …, .95.</param>
    /// <returns>The curve whose mean is the average precision at that threshold.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such threshold.</exception>
    public PrecisionRecallCurve Curve(double iouThreshold = .5)
    {
        var place = PrecisionRecallCurve.Place(iouThreshold);
        return new(CocoProtocol.IoUThresholds[place], [.. _result.Precision[place]], [.. _result.Scores[place]]);
    }
}
