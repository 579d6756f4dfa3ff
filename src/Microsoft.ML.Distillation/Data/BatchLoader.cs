using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Data;

/// <summary>A batch in ordinary memory: N×3×H×W bytes, N classes, and the N rows they come from.</summary>
/// <param name="Companions">The companions of the images, N×3×H×W bytes; null where no method asked for them.</param>
internal sealed record Batch(byte[] Pixels, long[] Labels, int[] Rows, byte[]? Companions)
{
    /// <summary>Which view of its row each image is (<see cref="ViewPlan.Number"/>).</summary>
    public int[] Views { get; } = new int[Rows.Length];
}

/// <summary>
/// The batches of an epoch, in an order and with augmentation that depend on (seed, epoch, row) alone; the next batch is prepared while one
/// is in use. The last rows that don't fill a batch are left out of that epoch.
/// </summary>
/// <param name="views">Where views come back, so do the random numbers they are drawn with.</param>
internal sealed class BatchLoader(
    PixelStore store, BatchAugmenter augmenter, int batchSize, long seed, BatchParts parts = BatchParts.None, ViewPlan? views = null)
{
    private readonly ViewPlan _views = views ?? new ViewPlan(new ImageAugmentation());
    private readonly Companions? _companions = Companions.For(parts, store.Labels, seed);
    private readonly Batch[] _buffers = new Batch[2];

    /// <summary>Rows in a batch: the batch size, or all rows where there are fewer.</summary>
    public int BatchSize { get; } = Math.Min(batchSize, store.Count);

    public int StepsPerEpoch => store.Count / BatchSize;

    /// <summary>The batches of one epoch, from the <paramref name="first"/> on. A batch is valid until the next is asked for.</summary>
    public IEnumerable<Batch> Epoch(int epoch, int first = 0)
    {
        var order = new CounterRandom(seed, RandomPurpose.RowOrder, epoch).NextPermutation(store.Count);
        return Ahead.Of(first, StepsPerEpoch, step => Fill(Buffer(step), order, step, epoch));
    }

    private Batch Fill(Batch batch, int[] order, int step, int epoch)
    {
        for (var i = 0; i < BatchSize; i++)
        {
            var row = order[step * BatchSize + i];
            var flipped = augmenter.Copy(
                store.Pixels(row), batch.Pixels.AsSpan(i * store.RowBytes, store.RowBytes), new CounterRandom(seed, RandomPurpose.Augmentation, _views.Drawn(epoch), row));
            batch.Views[i] = _views.Number(epoch, flipped);
            if (_companions is not null)
            {
                var (other, random) = _companions.Draw(epoch, row);
                augmenter.Copy(store.Pixels(other), batch.Companions.AsSpan(i * store.RowBytes, store.RowBytes), random);
            }
            batch.Labels[i] = store.Labels[row];
            batch.Rows[i] = row;
        }
        return batch;
    }

    private Batch Buffer(int step) => _buffers[step % 2] ??= new Batch(
        new byte[checked(BatchSize * store.RowBytes)], new long[BatchSize], new int[BatchSize], _companions is null ? null : new byte[BatchSize * store.RowBytes]);
}
