using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>A place of a detector's output taken for an object of a class.</summary>
internal readonly record struct Candidate(int Place, int Class, float Score)
{
    /// <summary>Of equal scores the lower class goes first, then the earlier place: an order that no sorting changes.</summary>
    public static int BestFirst(Candidate one, Candidate other) =>
        one.Score != other.Score ? other.Score.CompareTo(one.Score) : one.Class != other.Class ? one.Class.CompareTo(other.Class) : one.Place.CompareTo(other.Place);
}

/// <summary>Greedy non-maximum suppression by class: what <see cref="SuppressionNodes"/> writes into graphs, for outputs of other people's.</summary>
internal static class NonMaximumSuppression
{
    /// <param name="boxes">x0 y0 x1 y1 of each place in one image, M×4; places that have no finite box are left out.</param>
    /// <param name="scores">M×C, 0…1.</param>
    /// <returns>What is left, best first.</returns>
    public static List<Candidate> Apply(ReadOnlySpan<float> boxes, ReadOnlySpan<float> scores, int classes, Suppression settings)
    {
        var (best, candidates) = (new List<Candidate>(), new List<Candidate>());
        for (var @class = 0; @class < classes; @class++)
        {
            candidates.Clear();
            for (var (place, at) = (0, @class); at < scores.Length; place++, at += classes)
            {
                if (scores[at] > settings.ScoreThreshold && IsFinite(boxes.Slice(4 * place, 4)))
                    candidates.Add(new(place, @class, scores[at]));
            }
            candidates.Sort(Candidate.BestFirst);
            Keep(boxes, candidates, settings, best);
        }
        best.Sort(Candidate.BestFirst);
        return best.Count > settings.Maximum ? best.GetRange(0, settings.Maximum) : best;
    }

    /// <summary>Intersection over union of two boxes x0 y0 x1 y1; 0 where they don't meet.</summary>
    public static float IoU(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        var width = Math.Min(one[2], other[2]) - Math.Max(one[0], other[0]);
        var height = Math.Min(one[3], other[3]) - Math.Max(one[1], other[1]);
        if (!(width > 0 && height > 0))
            return 0;
        var both = width * height;
        return both / (Area(one) + Area(other) - both);
    }

    public static bool IsFinite(ReadOnlySpan<float> box) => float.IsFinite(box[0]) && float.IsFinite(box[1]) && float.IsFinite(box[2]) && float.IsFinite(box[3]);

    private static void Keep(ReadOnlySpan<float> boxes, List<Candidate> candidates, Suppression settings, List<Candidate> kept)
    {
        var first = kept.Count;
        foreach (var candidate in candidates)
        {
            if (kept.Count - first == settings.MaximumPerClass)
                return;
            if (!IsHidden(boxes, candidate, kept, first, settings.IouThreshold))
                kept.Add(candidate);
        }
    }

    private static bool IsHidden(ReadOnlySpan<float> boxes, Candidate candidate, List<Candidate> kept, int first, float threshold)
    {
        var box = boxes.Slice(4 * candidate.Place, 4);
        for (var i = first; i < kept.Count; i++)
        {
            if (IoU(boxes.Slice(4 * kept[i].Place, 4), box) > threshold)
                return true;
        }
        return false;
    }

    private static float Area(ReadOnlySpan<float> box) => (box[2] - box[0]) * (box[3] - box[1]);
}
