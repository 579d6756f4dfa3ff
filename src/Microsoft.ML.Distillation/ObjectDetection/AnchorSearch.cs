using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>
/// Finds anchors for boxes as YOLOv5 does: k-means of widths and heights, each in its standard deviations, then changes by chance that are kept where they
/// raise <see cref="AnchorFit.Fitness"/>.
/// </summary>
/// <remarks>
/// https://github.com/ultralytics/yolov5. Departures: k-means runs from ten samples of the boxes instead of thirty, chance is a function of the seed, and of very many boxes every
/// n-th is looked at. Where boxes are of fewer sizes than there are anchors, these begin as enlarged copies of those sizes.
/// </remarks>
internal static class AnchorSearch
{
    /// <summary>Pixels: what is smaller in the input is nothing a detector sees.</summary>
    public const double LeastSide = 2;

    private const int MostBoxes = 20_000;
    private const double ShareChanged = .9;
    private const double Deviation = .1;
    private const double LeastFactor = .3, MostFactor = 3;
    private const double Enlargement = 1.5;

    /// <summary>Whether a box is large enough to go by.</summary>
    public static bool IsUsable(BoxSize box) => box.Width >= LeastSide || box.Height >= LeastSide;

    /// <param name="boxes">Sizes in pixels of the detector's input; those with no side of 2 are passed over.</param>
    /// <param name="count">Anchors to find.</param>
    /// <param name="generations">Changes to try.</param>
    /// <returns>The anchors, the smallest area first.</returns>
    /// <exception cref="ArgumentException">There is no box to go by.</exception>
    public static BoxSize[] Find(IReadOnlyList<BoxSize> boxes, int count, long seed, double ratio = AnchorFit.UsualRatio, int generations = 1000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var usable = boxes.Where(IsUsable).ToArray();
        if (usable.Length == 0)
            throw new ArgumentException(FormattableString.Invariant($"None of {boxes.Count} boxes has a side of {LeastSide} pixels or more in the detector's input: there is nothing to fit anchors to."), nameof(boxes));
        var stride = (usable.Length + MostBoxes - 1) / MostBoxes;
        usable = [.. usable.Where((_, i) => i % stride == 0)];
        var distinct = usable.Distinct().ToArray();
        var start = distinct.Length >= count ? BoxClusters.Centres(usable, distinct, count, seed) : Copies(distinct, count);
        return [.. Evolve(usable, start, seed, ratio, generations).OrderBy(a => a.Width * a.Height)];
    }

    private static BoxSize[] Copies(BoxSize[] sizes, int count) =>
        [.. Enumerable.Range(0, count).Select(i => (Size: sizes[i % sizes.Length], Factor: Math.Pow(Enlargement, i / sizes.Length))).Select(c => new BoxSize(c.Size.Width * c.Factor, c.Size.Height * c.Factor))];

    private static BoxSize[] Evolve(BoxSize[] boxes, BoxSize[] anchors, long seed, double ratio, int generations)
    {
        var best = AnchorFit.Of(boxes, anchors, ratio).Fitness;
        for (var generation = 0; generation < generations; generation++)
        {
            var changed = Changed(anchors, new CounterRandom(seed, RandomPurpose.Anchors, 1, generation));
            var fitness = AnchorFit.Of(boxes, changed, ratio).Fitness;
            if (fitness > best)
                (best, anchors) = (fitness, changed);
        }
        return anchors;
    }

    private static BoxSize[] Changed(BoxSize[] anchors, CounterRandom random)
    {
        var strength = random.NextDouble() * Deviation;
        var changed = new BoxSize[anchors.Length];
        for (var i = 0; i < anchors.Length; i++)
        {
            var width = Changed(anchors[i].Width, strength, ref random);
            changed[i] = new(width, Changed(anchors[i].Height, strength, ref random));
        }
        return changed;
    }

    private static double Changed(double side, double strength, ref CounterRandom random)
    {
        var isChanged = random.NextDouble() < ShareChanged;
        var factor = Math.Clamp(1 + strength * random.NextGaussian(), LeastFactor, MostFactor);
        return Math.Max(LeastSide, isChanged ? side * factor : side);
    }
}
