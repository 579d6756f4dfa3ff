using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>Asks the teacher once for each view of an image and keeps what it said.</summary>
/// <param name="ask">The teacher: outputs for pixels and the rows they come from.</param>
/// <param name="store">Where answers are kept; the caller disposes it.</param>
internal sealed class TeacherCache(Func<Tensor, IReadOnlyList<int>, ModelOutput> ask, TeacherCacheStore store, Device device)
{
    private OutputParts? _parts;

    /// <summary>Images the teacher was asked for.</summary>
    public long Asked { get; private set; }

    /// <summary>Images an earlier answer was used for.</summary>
    public long Reused { get; private set; }

    /// <param name="pixels">RGB 0…255, float N×3×H×W.</param>
    /// <param name="rows">The rows the images come from, N.</param>
    /// <param name="views">Which view of its row each image is, N.</param>
    public ModelOutput Forward(Tensor pixels, IReadOnlyList<int> rows, IReadOnlyList<int> views)
    {
        int[] unknown = [.. Enumerable.Range(0, rows.Count).Where(i => !store.Has(rows[i], views[i]))];
        Asked += unknown.Length;
        Reused += rows.Count - unknown.Length;
        if (unknown.Length == rows.Count)
        {
            var output = ask(pixels, rows);
            _parts ??= new OutputParts(output);
            if (!store.IsFull)
                Keep(_parts.ToBytes(output), unknown, rows, views);
            return output;
        }
        var all = _parts!.NewBytes(rows.Count);
        Remember(all, rows, views);
        if (unknown.Length > 0)
            Fill(all, pixels, unknown, rows, views);
        return _parts.FromBytes(all, rows.Count, device);
    }

    private void Remember(byte[][] all, IReadOnlyList<int> rows, IReadOnlyList<int> views)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            if (store.Has(rows[i], views[i]))
                _parts!.Scatter(store.Find(rows[i], views[i]), all, i);
        }
    }

    private void Fill(byte[][] all, Tensor pixels, int[] unknown, IReadOnlyList<int> rows, IReadOnlyList<int> views)
    {
        // One image alone goes twice: networks compute a batch of one by other routines, whose last bits differ from what they give for the image among others.
        int[] asked = unknown is [var only] ? [only, only] : unknown;
        var places = tensor(asked.Select(i => (long)i).ToArray()).to(pixels.device);
        var answers = _parts!.ToBytes(ask(pixels.index_select(0, places), [.. asked.Select(i => rows[i])]));
        var record = new byte[_parts.RowBytes];
        for (var i = 0; i < unknown.Length; i++)
        {
            _parts.Gather(answers, i, record);
            _parts.Scatter(record, all, unknown[i]);
        }
        Keep(answers, unknown, rows, views);
    }

    private void Keep(byte[][] answers, int[] unknown, IReadOnlyList<int> rows, IReadOnlyList<int> views)
    {
        for (var i = 0; i < unknown.Length; i++)
        {
            var place = store.Add(rows[unknown[i]], views[unknown[i]], _parts!.RowBytes);
            if (!place.IsEmpty)
                _parts.Gather(answers, i, place);
        }
    }
}
