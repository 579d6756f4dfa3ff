using static Microsoft.ML.Distillation.Evaluation.CocoProtocol;

namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>All detections of one class that count, with what came of them.</summary>
internal sealed class CocoRanking
{
    private readonly CocoMatching _matching = new();

    private CocoRanking(int most)
    {
        (Scores, Places) = (new double[most], new int[most]);
        Outcomes = Array.ConvertAll(AreaRanges, _ => new uint[most]);
    }

    public int Count { get; private set; }

    public double[] Scores { get; }

    /// <summary>The detection's place among those of its image, from 0.</summary>
    public int[] Places { get; }

    /// <summary>By range of areas: <see cref="CocoMatching"/>'s outcome of each detection.</summary>
    public uint[][] Outcomes { get; }

    /// <summary>By range of areas: objects that count.</summary>
    public int[] Objects { get; } = new int[AreaRanges.Length];

    public static CocoRanking Of(ClassGroups<TrueObject> objects, ClassGroups<DetectedObject> detections, int @class)
    {
        var allObjects = objects.Items(@class);
        var objectImages = objects.Images(@class);
        var allDetections = detections.Items(@class);
        var detectionImages = detections.Images(@class);
        var ranking = new CocoRanking(allDetections.Length);
        for (var (o, d) = (0, 0); o < allObjects.Length || d < allDetections.Length;)
        {
            var image = Math.Min(o < allObjects.Length ? objectImages[o] : int.MaxValue, d < allDetections.Length ? detectionImages[d] : int.MaxValue);
            var (endOfObjects, endOfDetections) = (End(objectImages, o, image), End(detectionImages, d, image));
            ranking.Add(allObjects[o..endOfObjects], allDetections[d..endOfDetections]);
            (o, d) = (endOfObjects, endOfDetections);
        }
        return ranking;
    }

    private static int End(ReadOnlySpan<int> images, int start, int image)
    {
        while (start < images.Length && images[start] == image)
            start++;
        return start;
    }

    private void Add(ReadOnlySpan<TrueObject> objects, ReadOnlySpan<DetectedObject> detections)
    {
        var best = Best(detections);
        _matching.Begin(objects, best);
        for (var area = 0; area < AreaRanges.Length; area++)
            Objects[area] += _matching.Match(objects, best, AreaRanges[area], Outcomes[area].AsSpan(Count, best.Length));
        for (var i = 0; i < best.Length; i++)
            (Scores[Count + i], Places[Count + i]) = (best[i].Score, i);
        Count += best.Length;
    }

    private static DetectedObject[] Best(ReadOnlySpan<DetectedObject> detections)
    {
        if (detections.IsEmpty)
            return [];
        var scores = new double[detections.Length];
        for (var i = 0; i < scores.Length; i++)
            scores[i] = detections[i].Score;
        var order = ScoreOrder.Of(scores, scores.Length);
        var best = new DetectedObject[Math.Min(scores.Length, MostDetections)];
        for (var i = 0; i < best.Length; i++)
            best[i] = detections[order[i]];
        return best;
    }
}
