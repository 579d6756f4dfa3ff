using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>
/// The batches of an epoch, in an order and with changes that depend on (seed, epoch, row) alone; the next batch is prepared while one is in use. The last rows that don't fill a
/// batch are left out of that epoch.
/// </summary>
/// <param name="epochs">Of the run, whose last ones are without mosaic.</param>
internal sealed class DetectionLoader(DetectionData data, DetectionAugmentation augmentation, int batchSize, long seed, int epochs)
{
    private readonly AugmentationPlanner _planner = new(data.Boxes, data.Pixels.Size, augmentation, seed, epochs);
    private readonly DetectionBatch[] _buffers = new DetectionBatch[2];

    /// <summary>Images in a batch: the batch size, or all rows where there are fewer.</summary>
    public int BatchSize { get; } = Math.Min(batchSize, data.Count);

    public int StepsPerEpoch => data.Count / BatchSize;

    /// <summary>The batches of one epoch, from the <paramref name="first"/> on. A batch is valid until the next is asked for.</summary>
    public IEnumerable<DetectionBatch> Epoch(int epoch, int first = 0)
    {
        var order = new CounterRandom(seed, RandomPurpose.RowOrder, epoch).NextPermutation(data.Count);
        return Ahead.Of(first, StepsPerEpoch, step => Fill(_buffers[step % 2] ??= new(BatchSize, data.Pixels.RowBytes), order, step, epoch));
    }

    private DetectionBatch Fill(DetectionBatch batch, int[] order, int step, int epoch)
    {
        batch.Clear(_planner.Tiles(epoch), data.Boxes.HasConfidences);
        for (var i = 0; i < BatchSize; i++)
        {
            var row = order[step * BatchSize + i];
            var plan = _planner.Plan(epoch, row);
            batch.Rows[i] = row;
            (batch.Colours[3 * i], batch.Colours[3 * i + 1], batch.Colours[3 * i + 2]) = (plan.Hue, plan.Saturation, plan.Brightness);
            for (var k = 0; k < batch.Tiles; k++)
                Place(batch, k, i, k < plan.Tiles.Count ? plan.Tiles[k] : null);
        }
        return batch;
    }

    private void Place(DetectionBatch batch, int k, int image, TilePlacement? tile)
    {
        (tile ?? new(0, AxisPlacement.Nowhere, AxisPlacement.Nowhere)).CopyTo(batch.Placements.AsSpan((k * BatchSize + image) * TilePlacement.Length));
        if (tile is not { } placed)
            return;
        data.Pixels.Pixels(placed.Row).CopyTo(batch.Pixels[k].AsSpan(image * data.Pixels.RowBytes));
        placed.AddTargets(data.Boxes, image, augmentation.Cuts, batch.Targets);
    }
}
