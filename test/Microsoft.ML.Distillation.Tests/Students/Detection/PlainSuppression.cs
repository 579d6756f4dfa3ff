using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation.Tests.Students.Detection;

/// <summary>A box found in an image.</summary>
internal sealed record Found(int Label, float Score, float X1, float Y1, float X2, float Y2);

/// <summary>Threshold, greedy suppression by class and the best of all, as loops.</summary>
internal static class PlainSuppression
{
    /// <param name="boxes">M×4 of one image.</param>
    /// <param name="scores">M×C of one image.</param>
    public static List<Found> Apply(ReadOnlySpan<float> boxes, ReadOnlySpan<float> scores, int classes, Suppression settings)
    {
        var found = new List<Found>();
        for (var label = 0; label < classes; label++)
        {
            var candidates = new List<Found>();
            for (var m = 0; m < boxes.Length / 4; m++)
            {
                if (scores[m * classes + label] > settings.ScoreThreshold)
                    candidates.Add(new(label, scores[m * classes + label], boxes[4 * m], boxes[4 * m + 1], boxes[4 * m + 2], boxes[4 * m + 3]));
            }
            var kept = new List<Found>();
            foreach (var candidate in candidates.OrderByDescending(c => c.Score)) // stable: of two with one score the earlier goes first
            {
                if (kept.Count < settings.MaximumPerClass && kept.All(k => Iou(k, candidate) <= settings.IouThreshold))
                    kept.Add(candidate);
            }
            found.AddRange(kept);
        }
        return [.. found.OrderByDescending(f => f.Score).Take(settings.Maximum)];
    }

    private static float Iou(Found a, Found b)
    {
        var width = Math.Max(0, Math.Min(a.X2, b.X2) - Math.Max(a.X1, b.X1));
        var height = Math.Max(0, Math.Min(a.Y2, b.Y2) - Math.Max(a.Y1, b.Y1));
        var both = width * height;
        return both > 0 ? both / (Area(a) + Area(b) - both) : 0; // two boxes without area would be 0 / 0
    }

    private static float Area(Found box) => (box.X2 - box.X1) * (box.Y2 - box.Y1);
}
