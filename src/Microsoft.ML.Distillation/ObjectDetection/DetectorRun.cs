using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>What is kept of a detector once it is trained.</summary>
/// <param name="Precisions50">The mean average precision at an IoU of .5 after each epoch; empty without validation images.</param>
/// <param name="Onnx">Its file.</param>
/// <param name="KeepBest">Whether its weights are those of the best epoch.</param>
internal sealed record DetectorRun(TrainingHistory History, IReadOnlyList<double> Precisions50, byte[] Onnx, bool KeepBest)
{
    /// <summary>Of the weights it has, over all thresholds and at an IoU of .5; null where these were not measured.</summary>
    public (double Mean, double At50)? Precision
    {
        get
        {
            var epoch = (KeepBest ? History.BestEpoch : History.ValidationAccuracy.Count) - 1;
            return epoch is { } last && last >= 0 && last < Precisions50.Count && !(History.Cancelled && !KeepBest) ? (History.ValidationAccuracy[last], Precisions50[last]) : null;
        }
    }
}

/// <summary>The detectors of a call of Fit.</summary>
/// <param name="Returned">The one whose model is returned: the first seed's.</param>
/// <param name="Baseline">The one of the same seed that trained without teacher and methods; null without a comparison.</param>
/// <param name="Comparison">Of all seeds; null where none was asked for.</param>
internal sealed record DetectorRuns(DetectorRun Returned, DetectorRun? Baseline, BaselineComparison? Comparison);
