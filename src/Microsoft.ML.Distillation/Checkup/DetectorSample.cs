using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Checkup;

/// <summary>What a detector is worth on a sample.</summary>
/// <param name="Precision50">mAP50, 0…1.</param>
/// <param name="AnyClass50">The same where all objects are of one class.</param>
/// <param name="Found">Objects it is sure of.</param>
/// <param name="Labelled">Objects there are.</param>
internal sealed record DetectorLook(double Precision50, double AnyClass50, int Found, int Labelled);

/// <summary>Some labelled images, for a detector to be tried on as they are.</summary>
internal sealed class DetectorSample(DetectorTeacherSession teacher, DetectionData data, IReadOnlyList<string> classes, int[] toStudent, Device device, CancellationToken cancellation)
{
    /// <summary>What is scored so counts as found.</summary>
    public const double Sure = .25;

    private static readonly string[] _oneClass = ["object"];

    public int Count => data.Count;

    /// <param name="change">Of the pixels it is shown; null for none.</param>
    public DetectorLook Measure(PixelChange? change)
    {
        var found = 0;
        var batch = PseudoLabelling.BatchOf(data.Pixels);
        var precise = new HeldOutScenes(data, classes, batch, device).Measure((pixels, rows) => Detect(pixels, rows, toStudent), cancellation);
        // Asked once more only where it is of use: who finds what is labelled has its classes right.
        var any = precise.MeanAveragePrecision50 > .5 || change is not null
            ? precise.MeanAveragePrecision50
            : new HeldOutScenes(data.OfOneClass(), _oneClass, batch, device).Measure((pixels, rows) => Detect(pixels, rows, new int[toStudent.Length], count: false), cancellation).MeanAveragePrecision50;
        return new DetectorLook(precise.MeanAveragePrecision50, any, found, data.Boxes.ObjectCount);

        IReadOnlyList<DetectedObject[]> Detect(Tensor pixels, int[] rows, int[] places, bool count = true)
        {
            var objects = FoundByTeacher.Of(teacher.Detect(change?.Apply(pixels) ?? pixels, rows), rows.Length, places);
            found += count ? objects.Sum(image => image.Count(o => o.Score >= Sure)) : 0;
            return objects;
        }
    }
}
