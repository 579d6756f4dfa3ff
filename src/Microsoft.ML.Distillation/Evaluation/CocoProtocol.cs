namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>The constants of the COCO evaluation of boxes, https://cocodataset.org/#detection-eval.</summary>
internal static class CocoProtocol
{
    /// <summary>Detections of a class in an image that count, best first.</summary>
    public const int MostDetections = 100;

    /// <summary>Places in <see cref="IoUThresholds"/>.</summary>
    public const int At50 = 0, At75 = 5;

    /// <summary>Places in <see cref="AreaRanges"/>.</summary>
    public const int AnyArea = 0, Small = 1, Medium = 2, Large = 3;

    public static readonly double[] IoUThresholds = Evenly(.5, .95, 10);
    public static readonly double[] RecallThresholds = Evenly(0, 1, 101);
    public static readonly int[] DetectionLimits = [1, 10, MostDetections];

    /// <summary>Square pixels; both ends belong to the range.</summary>
    public static readonly (double Least, double Most)[] AreaRanges = [(0, 1e10), (0, 32 * 32), (32 * 32, 96 * 96), (96 * 96, 1e10)];

    // By one product and one sum, as NumPy's linspace: a recall of 29 in 100 is compared with the very number that COCO compares it with.
    private static double[] Evenly(double first, double last, int count)
    {
        var step = (last - first) / (count - 1);
        var values = new double[count];
        for (var i = 0; i < count; i++)
            values[i] = i * step + first;
        values[^1] = last;
        return values;
    }
}
