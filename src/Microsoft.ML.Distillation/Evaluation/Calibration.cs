namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>Whether a classifier is right as often as it says.</summary>
/// <remarks>
/// Guo, Pleiss, Sun, Weinberger: "On calibration of modern neural networks", 2017, section 2, https://arxiv.org/abs/1706.04599: images are put into bins of equal width by the
/// probability of their most likely class, (0, 1/15], … (14/15, 1].
/// </remarks>
internal static class Calibration
{
    public const int BinCount = 15;

    /// <returns>The bins that have images, lowest first.</returns>
    public static IReadOnlyList<CalibrationBin> Bins(ClassScores scores) =>
    [
        .. Enumerable.Range(0, scores.Count).GroupBy(row => Bin(scores.Confidences[row])).OrderBy(bin => bin.Key).Select(bin => new CalibrationBin
        {
            From = bin.Key / (double)BinCount,
            To = (bin.Key + 1) / (double)BinCount,
            Images = bin.Count(),
            Confidence = bin.Average(row => (double)scores.Confidences[row]),
            Accuracy = bin.Average(row => scores.Predicted[row] == scores.Labels[row] ? 1.0 : 0.0),
        }),
    ];

    /// <summary>The expected calibration error: Σ images in bin / all images · |accuracy − confidence|.</summary>
    public static double Error(IReadOnlyList<CalibrationBin> bins)
    {
        var images = bins.Sum(bin => bin.Images);
        return bins.Sum(bin => bin.Images * Math.Abs(bin.Accuracy - bin.Confidence)) / images;
    }

    private static int Bin(float confidence) => Math.Clamp((int)Math.Ceiling((double)confidence * BinCount) - 1, 0, BinCount - 1);
}
