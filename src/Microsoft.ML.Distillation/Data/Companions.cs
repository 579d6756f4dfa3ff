using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Data;

/// <summary>
/// The image that goes with each image of a batch, where a method asks for one: the image itself, changed anew, or another one of its class. Which one and how it
/// is changed depend on (seed, epoch, row) alone, and not on what the image itself gets.
/// </summary>
internal sealed class Companions
{
    private const BatchParts Kinds = BatchParts.SecondView | BatchParts.SameClassImage;
    private readonly long _seed;
    private readonly int[][] _rowsByClass = [];
    private readonly int[] _places = [];
    private readonly IReadOnlyList<int> _labels;

    private Companions(IReadOnlyList<int> labels, bool ofSameClass, long seed)
    {
        (_labels, _seed) = (labels, seed);
        if (!ofSameClass)
            return;
        _rowsByClass = [.. Enumerable.Range(0, labels.Max() + 1).Select(_ => Array.Empty<int>())];
        _places = new int[labels.Count];
        foreach (var group in Enumerable.Range(0, labels.Count).Where(row => labels[row] != PixelStore.NoLabel).GroupBy(row => labels[row]))
        {
            _rowsByClass[group.Key] = [.. group];
            for (var place = 0; place < _rowsByClass[group.Key].Length; place++)
                _places[_rowsByClass[group.Key][place]] = place;
        }
    }

    /// <summary>The companions that <paramref name="parts"/> ask for; null for none.</summary>
    public static Companions? For(BatchParts parts, IReadOnlyList<int> labels, long seed) =>
        (parts & Kinds) == 0 ? null : new Companions(labels, (parts & BatchParts.SameClassImage) != 0, seed);

    /// <summary>Reports methods that want companions of different kinds: a step has room for one.</summary>
    public static void Check(IEnumerable<DistillationMethod> methods, Faults faults)
    {
        var (view, other) = (methods.FirstOrDefault(m => (m.Uses & BatchParts.SecondView) != 0), methods.FirstOrDefault(m => (m.Uses & BatchParts.SameClassImage) != 0));
        faults.AddIf(
            view is not null && other is not null,
            $"{view?.Name} needs every image a second time, {other?.Name} another image of its class, and a step has room for one of them: remove one method.");
    }

    /// <returns>The row of the companion, and the numbers its changes are drawn from.</returns>
    public (int Row, CounterRandom Random) Draw(int epoch, int row)
    {
        var random = new CounterRandom(_seed, RandomPurpose.Companion, epoch, row);
        if (_places.Length == 0)
            return (row, random);
        var peers = _rowsByClass[_labels[row]];
        if (peers.Length == 1)
            return (row, random);
        // One of the others: the image's own place is skipped.
        var place = random.NextInt(peers.Length - 1);
        return (peers[place < _places[row] ? place : place + 1], random);
    }
}
