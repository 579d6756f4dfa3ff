using static Microsoft.ML.Distillation.Evaluation.CocoProtocol;

namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>
/// Gives an image's detections of a class, best first, the objects they found: each the free one it overlaps most (of equals the last), at every
/// IoU threshold by itself. Objects outside the range of areas, and crowds, are taken only where no other is left, and count neither way.
/// </summary>
/// <remarks>An object of this class may be used for many images, one after the other.</remarks>
internal sealed class CocoMatching
{
    /// <summary>Outcomes have a bit for each threshold: right in the lower half, not counted in the upper.</summary>
    public const int NotCounted = 16;

    private const uint AllThresholds = (1 << 10) - 1;
    private readonly List<(int Object, double IoU)> _pairs = [];
    private int[] _pairStarts = [];
    private bool[] _ignored = [];
    private uint[] _taken = [];

    /// <summary>Finds the pairs of an image that overlap enough for the lowest threshold; all ranges of areas go by them.</summary>
    public void Begin(ReadOnlySpan<TrueObject> objects, ReadOnlySpan<DetectedObject> detections)
    {
        Grow(ref _ignored, objects.Length);
        Grow(ref _taken, objects.Length);
        Grow(ref _pairStarts, detections.Length + 1);
        _pairs.Clear();
        for (var d = 0; d < detections.Length; d++)
        {
            _pairStarts[d] = _pairs.Count;
            for (var o = 0; o < objects.Length; o++)
            {
                var overlap = IoU(detections[d], objects[o]);
                if (overlap >= IoUThresholds[0])
                    _pairs.Add((o, overlap));
            }
        }
        _pairStarts[detections.Length] = _pairs.Count;
    }

    /// <summary>Matches the image of <see cref="Begin"/>.</summary>
    /// <param name="outcomes">Output: what came of each detection.</param>
    /// <returns>Objects that count.</returns>
    public int Match(ReadOnlySpan<TrueObject> objects, ReadOnlySpan<DetectedObject> detections, (double Least, double Most) range, Span<uint> outcomes)
    {
        var counted = 0;
        for (var o = 0; o < objects.Length; o++)
        {
            _ignored[o] = objects[o].Crowd || objects[o].Area < range.Least || objects[o].Area > range.Most;
            _taken[o] = 0;
            counted += _ignored[o] ? 0 : 1;
        }
        for (var d = 0; d < detections.Length; d++)
        {
            var area = detections[d].Width * detections[d].Height;
            var found = _pairStarts[d] == _pairStarts[d + 1] ? default : Find(objects, d);
            var missed = AllThresholds & ~(found.Right | found.Ignored);
            outcomes[d] = found.Right | (found.Ignored | (area < range.Least || area > range.Most ? missed : 0)) << NotCounted;
        }
        return counted;
    }

    private (uint Right, uint Ignored) Find(ReadOnlySpan<TrueObject> objects, int detection)
    {
        var (right, ignored) = (0u, 0u);
        for (var t = 0; t < IoUThresholds.Length; t++)
        {
            var bit = 1u << t;
            if (Best(objects, detection, t, ignored: false) is >= 0 and var found)
                (_taken[found], right) = (_taken[found] | bit, right | bit);
            else if (Best(objects, detection, t, ignored: true) is >= 0 and var other)
                (_taken[other], ignored) = (_taken[other] | bit, ignored | bit);
        }
        return (right, ignored);
    }

    private int Best(ReadOnlySpan<TrueObject> objects, int detection, int threshold, bool ignored)
    {
        var (best, bestIoU) = (-1, IoUThresholds[threshold]);
        for (var p = _pairStarts[detection]; p < _pairStarts[detection + 1]; p++)
        {
            var (o, overlap) = _pairs[p];
            var free = (_taken[o] >> threshold & 1) == 0 || objects[o].Crowd;
            if (_ignored[o] == ignored && free && overlap >= bestIoU)
                (best, bestIoU) = (o, overlap);
        }
        return best;
    }

    /// <summary>Shared area by joint area; with a crowd by the detection's own. Sizes are not rounded and pixels not counted: edges are lines.</summary>
    private static double IoU(in DetectedObject detection, in TrueObject truth)
    {
        var width = Math.Min(detection.X + detection.Width, truth.X + truth.Width) - Math.Max(detection.X, truth.X);
        if (!(width > 0))
            return 0;
        var height = Math.Min(detection.Y + detection.Height, truth.Y + truth.Height) - Math.Max(detection.Y, truth.Y);
        if (!(height > 0))
            return 0;
        var shared = width * height;
        var own = detection.Width * detection.Height;
        return shared / (truth.Crowd ? own : own + truth.Width * truth.Height - shared);
    }

    private static void Grow<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
            buffer = new T[Math.Max(length, 2 * buffer.Length)];
    }
}
