using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Data;

/// <summary>A batch in ordinary memory: N×3×H×W bytes, N classes, and the N rows they come from.</summary>
internal sealed record Batch(byte[] Pixels, long[] Labels, int[] Rows)
{
    /// <summary>Which view of its row each image is (<see cref="ViewPlan.Number"/>).</summary>
    public int[] Views { get; } = new int[Rows.Length];
}

/// <summary>
/// The batches of an epoch, in an order and with augmentation that depend on (seed, epoch, row) alone; the next batch is prepared while one
/// is in use. The last rows that don't fill a batch are left out of that epoch.
/// </summary>
/// <param name="views">Where views come back, so do the random numbers they are drawn with.</param>
internal sealed class BatchLoader(PixelStore store, BatchAugmenter augmenter, int batchSize, long seed, ViewPlan? views = null)
{
    private readonly ViewPlan _views = views ?? new ViewPlan(new ImageAugmentation());
    private readonly Batch[] _buffers = [NewBatch(store, batchSize), NewBatch(store, batchSize)];

    /// <summary>Rows in a batch: the batch size, or all rows where there are fewer.</summary>
    public int BatchSize { get; } = Math.Min(batchSize, store.Count);

    public int StepsPerEpoch => store.Count / BatchSize;

    /// <summary>The batches of one epoch. A batch is valid until the next is asked for.</summary>
    public IEnumerable<Batch> Epoch(int epoch)
    {
        var order = new CounterRandom(seed, RandomPurpose.RowOrder, epoch).NextPermutation(store.Count);
        var next = Task.Run(() => Fill(_buffers[0], order, 0, epoch));
        for (var step = 0; step < StepsPerEpoch; step++)
        {
            var batch = next.GetAwaiter().GetResult();
            if (step + 1 < StepsPerEpoch)
            {
                var (buffer, following) = (_buffers[(step + 1) % 2], step + 1);
                next = Task.Run(() => Fill(buffer, order, following, epoch));
            }
            try
            {
                yield return batch;
            }
            finally
            {
                // A caller that stops in the middle must not leave a task behind that reads a disposed store.
                next.Wait();
            }
        }
    }

    private Batch Fill(Batch batch, int[] order, int step, int epoch)
    {
        for (var i = 0; i < BatchSize; i++)
        {
            var row = order[step * BatchSize + i];
            var flipped = augmenter.Copy(
                store.Pixels(row), batch.Pixels.AsSpan(i * store.RowBytes, store.RowBytes), new CounterRandom(seed, RandomPurpose.Augmentation, _views.Drawn(epoch), row));
            batch.Views[i] = _views.Number(epoch, flipped);
            batch.Labels[i] = store.Labels[row];
            batch.Rows[i] = row;
        }
        return batch;
    }

    private static Batch NewBatch(PixelStore store, int batchSize)
    {
        var rows = Math.Min(batchSize, store.Count);
        return new Batch(new byte[checked(rows * store.RowBytes)], new long[rows], new int[rows]);
    }
}
