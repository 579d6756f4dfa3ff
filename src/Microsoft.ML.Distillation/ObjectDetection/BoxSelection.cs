using System.Runtime.InteropServices;
using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.Students.Detection;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>What of a detector's boxes is given out, outside of a graph: for measuring it, and for teachers.</summary>
internal static class BoxSelection
{
    /// <summary>Boxes of an image that are looked at, those with the highest scores, as many as YOLOv5 looks at: an exported model looks at all, and hundreds may hide behind one.</summary>
    public const int MostCandidates = 30_000;

    /// <param name="boxes">x0 y0 x1 y1, N×M×4.</param>
    /// <param name="scores">N×M×C.</param>
    /// <returns>Of each image what is found, best first.</returns>
    public static IReadOnlyList<DetectedObject[]> Find(Tensor boxes, Tensor scores, Suppression suppression)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (images, classes) = ((int)boxes.shape[0], (int)scores.shape[2]);
        var flat = scores.flatten(1);
        var (best, places) = flat.topk((int)Math.Min(MostCandidates, flat.shape[1]), 1);
        var (corners, values, indices) = (Values<float>(boxes), Values<float>(best), Values<long>(places));
        var (ofImage, count) = (corners.Length / images, values.Length / images);
        return [.. Enumerable.Range(0, images).Select(i => Suppress(
            corners.AsSpan(i * ofImage, ofImage), values.AsSpan(i * count, count), indices.AsSpan(i * count, count), classes, suppression))];
    }

    private static DetectedObject[] Suppress(ReadOnlySpan<float> boxes, ReadOnlySpan<float> scores, ReadOnlySpan<long> places, int classes, Suppression suppression)
    {
        var kept = new List<DetectedObject>();
        var ofClass = new int[classes];
        for (var k = 0; k < scores.Length && scores[k] > suppression.ScoreThreshold && kept.Count < suppression.Maximum; k++)
        {
            var (row, @class) = ((int)(places[k] / classes), (int)(places[k] % classes));
            var box = boxes.Slice(4 * row, 4);
            var candidate = new DetectedObject(@class, box[0], box[1], box[2] - box[0], box[3] - box[1], scores[k]);
            if (ofClass[@class] == suppression.MaximumPerClass || IsHidden(candidate, kept, suppression.IouThreshold))
                continue;
            kept.Add(candidate);
            ofClass[@class]++;
        }
        return [.. kept];
    }

    private static bool IsHidden(DetectedObject candidate, List<DetectedObject> kept, float threshold)
    {
        foreach (var better in kept)
        {
            if (better.Class == candidate.Class && Overlap(better, candidate) > threshold)
                return true;
        }
        return false;
    }

    private static double Overlap(DetectedObject a, DetectedObject b)
    {
        var width = Math.Min(a.X + a.Width, b.X + b.Width) - Math.Max(a.X, b.X);
        var height = Math.Min(a.Y + a.Height, b.Y + b.Height) - Math.Max(a.Y, b.Y);
        return width <= 0 || height <= 0 ? 0 : width * height / (a.Width * a.Height + b.Width * b.Height - width * height);
    }

    private static T[] Values<T>(Tensor values) where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(values.cpu().to(typeof(T) == typeof(long) ? ScalarType.Int64 : ScalarType.Float32).contiguous().bytes).ToArray();
}
