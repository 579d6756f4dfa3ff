using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation;

/// <summary>Draws rows of other classes than a row's own, with replacement, as a function of (seed, step, row) alone.</summary>
internal sealed class NegativeSampler
{
    private readonly IReadOnlyList<int> _labels;
    private readonly long _seed;
    private readonly int[] _rows;
    private readonly int[] _firsts;

    public NegativeSampler(IReadOnlyList<int> labels, long seed)
    {
        (_labels, _seed) = (labels, seed);
        _rows = [.. Enumerable.Range(0, labels.Count).OrderBy(row => labels[row])];
        _firsts = new int[labels.Max() + 2];
        foreach (var label in labels)
            _firsts[label + 1]++;
        for (var c = 1; c < _firsts.Length; c++)
            _firsts[c] += _firsts[c - 1];
    }

    public void Draw(int row, long step, Span<long> negatives)
    {
        var random = new CounterRandom(_seed, RandomPurpose.Negatives, step, row);
        var (first, next) = (_firsts[_labels[row]], _firsts[_labels[row] + 1]);
        var others = _rows.Length - (next - first);
        for (var i = 0; i < negatives.Length; i++)
        {
            // The rows by class, with those of this class cut out.
            var place = random.NextInt(others);
            negatives[i] = _rows[place < first ? place : place + next - first];
        }
    }
}
