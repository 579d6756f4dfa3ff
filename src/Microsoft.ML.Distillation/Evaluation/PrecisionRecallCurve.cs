using Microsoft.ML.Distillation.Evaluation;

namespace Microsoft.ML.Distillation;

/// <summary>Precision against recall, as the COCO API reads it: at the 101 recalls 0, .01, …, 1.</summary>
public sealed class PrecisionRecallCurve
{
    internal PrecisionRecallCurve(double iouThreshold, double[] precision, double[] scores) => (IoUThreshold, Precision, Scores) = (iouThreshold, precision, scores);

    /// <summary>The IoU with an object from which a detection counts as right.</summary>
    public double IoUThreshold { get; }

    /// <summary>Shares of objects found: 0, .01, …, 1.</summary>
    public IReadOnlyList<double> Recall => Array.AsReadOnly(CocoProtocol.RecallThresholds);

    /// <summary>
    /// At each recall the highest share of right ones among detections, at this recall or a higher one; 0 where no score threshold reaches the recall. NaN throughout
    /// if there is no object that counts.
    /// </summary>
    public IReadOnlyList<double> Precision { get; }

    /// <summary>At each recall the score threshold that reaches it; NaN where none does, and throughout for a curve over several classes.</summary>
    public IReadOnlyList<double> Scores { get; }

    /// <summary>The place of an IoU threshold among COCO's.</summary>
    internal static int Place(double iouThreshold)
    {
        var place = Array.FindIndex(CocoProtocol.IoUThresholds, t => Math.Abs(t - iouThreshold) < 1e-6);
        return place >= 0
            ? place
            : throw new ArgumentOutOfRangeException(nameof(iouThreshold), iouThreshold, "Curves are kept for the IoU thresholds .5, .55, …, .95; give one of these.");
    }
}
