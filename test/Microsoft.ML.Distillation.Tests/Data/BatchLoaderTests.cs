using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Tests.Data;

public class BatchLoaderTests
{
    private static readonly ImageSize Size = new(6, 5);

    [Fact]
    public void EachRowComesAtMostOnceAnEpochAndTheRestIsLeftOut()
    {
        using var store = Stores.Numbered(23, Size);
        var loader = Loader(store, batchSize: 5, seed: 1);

        var rows = Rows(loader, epoch: 0);

        Assert.Equal((5, 4), (loader.BatchSize, loader.StepsPerEpoch));
        Assert.Equal(20, rows.Distinct().Count());
        Assert.All(rows, r => Assert.InRange(r, 0, 22));
    }

    [Fact]
    public void PixelsAndLabelsAreThoseOfTheRow()
    {
        using var store = Stores.Numbered(40, Size);
        foreach (var batch in Loader(store, batchSize: 8, seed: 1).Epoch(3))
        {
            var images = batch.Pixels.Chunk(store.RowBytes).ToArray();
            Assert.Equal((8, 8), (images.Length, batch.Labels.Length));
            for (var i = 0; i < images.Length; i++)
            {
                var row = Stores.NumberOf(images[i]);
                Assert.Equal(store.Pixels(row), images[i]);
                Assert.Equal(store.Labels[row], batch.Labels[i]);
            }
        }
    }

    [Fact]
    public void TheOrderDependsOnSeedAndEpochAlone()
    {
        using var store = Stores.Numbered(60, Size);
        var loader = Loader(store, batchSize: 10, seed: 1);

        var order = Rows(loader, epoch: 2);

        Assert.Equal(order, Rows(loader, epoch: 2));
        Assert.Equal(order, Rows(Loader(store, batchSize: 6, seed: 1), epoch: 2));
        Assert.NotEqual(order, Rows(loader, epoch: 3));
        Assert.NotEqual(order, Rows(Loader(store, batchSize: 10, seed: 2), epoch: 2));
    }

    [Fact]
    public void ARowsAugmentationDependsOnSeedEpochAndRowAlone()
    {
        using var store = Stores.Numbered(30, Size);
        var augmentation = new ImageAugmentation { CropPadding = 2, CutoutSize = 2 };

        var first = Augmented(store, augmentation, batchSize: 10, seed: 1, epoch: 0);

        Assert.Equal(first, Augmented(store, augmentation, batchSize: 15, seed: 1, epoch: 0));
        Assert.NotEqual(first, Augmented(store, augmentation, batchSize: 10, seed: 1, epoch: 1));
        Assert.NotEqual(first, Augmented(store, augmentation, batchSize: 10, seed: 2, epoch: 0));
    }

    [Fact]
    public void FlippedImagesAreToldFromOthers()
    {
        using var store = Stores.Numbered(40, Size);
        var augmentation = new ImageAugmentation { CropPadding = 0 };
        var flipped = 0;
        foreach (var batch in Loader(store, batchSize: 8, seed: 1, augmentation, new ViewPlan(augmentation)).Epoch(2))
        {
            var images = batch.Pixels.Chunk(store.RowBytes).ToArray();
            for (var i = 0; i < images.Length; i++)
            {
                Assert.Equal(batch.Views[i] == 0, store.Pixels(batch.Rows[i]).SequenceEqual(images[i]));
                flipped += batch.Views[i];
            }
        }
        Assert.InRange(flipped, 8, 32); // half of 40, give or take four deviations
    }

    [Fact]
    public void ReplayedEpochsShowTheViewsOfTheFirstOnesInAnotherOrder()
    {
        using var store = Stores.Numbered(30, Size);
        var augmentation = new ImageAugmentation { CropPadding = 2, CutoutSize = 2 };
        var loader = Loader(store, batchSize: 10, seed: 1, augmentation, new ViewPlan(augmentation, Replayed: 2));

        var epochs = Enumerable.Range(0, 4).Select(e => Shown(loader, e)).ToList();

        Assert.Equal(Shown(Loader(store, batchSize: 10, seed: 1, augmentation), 1).Select(s => (s.Key, s.Value.Pixels)), epochs[1].Select(s => (s.Key, s.Value.Pixels)));
        Assert.NotEqual(epochs[0].Keys, epochs[2].Keys);
        foreach (var (row, (view, pixels)) in epochs[0])
            Assert.Equal((0, pixels), epochs[2][row] with { View = view });
        foreach (var (row, shown) in epochs[1])
            Assert.Equal((1, shown.Pixels), epochs[3][row]);
        Assert.All(epochs[0].Keys, row => Assert.NotEqual(epochs[0][row].Pixels, epochs[1][row].Pixels));
    }

    [Fact]
    public void FewerRowsThanABatchMakeOneBatch()
    {
        using var store = Stores.Numbered(3, Size);
        var loader = Loader(store, batchSize: 128, seed: 1);

        Assert.Equal((3, 1), (loader.BatchSize, loader.StepsPerEpoch));
        Assert.Equal([0, 1, 2], Rows(loader, epoch: 0).Order());
    }

    [Fact]
    public void StoppingInTheMiddleLeavesNothingRunning()
    {
        using var store = Stores.Numbered(64, new ImageSize(96, 96));
        var loader = Loader(store, batchSize: 16, seed: 1);
        var expected = loader.Epoch(1).Select(b => b.Labels.ToArray()).ToList();
        var buffers = loader.Epoch(0).ToList(); // the two that take turns

        foreach (var _ in loader.Epoch(1))
            break;

        // The batch that was being prepared is whole, so nobody is at work on it any more.
        Assert.Equal(expected[1], buffers[1].Labels);
        Assert.Equal(expected[1], buffers[1].Pixels.Chunk(store.RowBytes).Select(p => (long)store.Labels[Stores.NumberOf(p)]));
    }

    // The augmenter takes images to be larger than they are, which it only notices where it flips one: most seeds get through a few batches first.
    [Fact]
    public void WhatGoesWrongInPreparingArrivesAsItself()
    {
        using var store = Stores.Numbered(8, Size);
        var augmenter = new BatchAugmenter(new ImageAugmentation { CropPadding = 0 }, new ImageSize(Size.Width + 1, Size.Height));
        var seen = new List<int>();
        for (var seed = 0; seed < 20; seed++)
        {
            seen.Add(0);
            Assert.Throws<ArgumentOutOfRangeException>(() =>
            {
                foreach (var _ in new BatchLoader(store, augmenter, 1, seed).Epoch(0))
                    seen[^1]++;
            });
        }

        Assert.Contains(seen, batches => batches > 0);
    }

    private static BatchLoader Loader(PixelStore store, int batchSize, long seed, ImageAugmentation? augmentation = null, ViewPlan? views = null) =>
        new(store, new BatchAugmenter(augmentation ?? ImageAugmentation.None, store.Size), batchSize, seed, views: views);

    /// <summary>View and pixels of every row, in the order of the batches.</summary>
    private static Dictionary<int, (int View, string Pixels)> Shown(BatchLoader loader, int epoch)
    {
        var shown = new Dictionary<int, (int, string)>();
        foreach (var batch in loader.Epoch(epoch))
        {
            foreach (var (pixels, i) in batch.Pixels.Chunk(batch.Pixels.Length / loader.BatchSize).Select((pixels, i) => (pixels, i)))
                shown.Add(batch.Rows[i], (batch.Views[i], Convert.ToHexString(pixels)));
        }
        return shown;
    }

    private static List<int> Rows(BatchLoader loader, int epoch)
    {
        var rows = new List<int>();
        foreach (var batch in loader.Epoch(epoch))
            rows.AddRange(batch.Pixels.Chunk(batch.Pixels.Length / loader.BatchSize).Select(p => Stores.NumberOf(p)));
        return rows;
    }

    /// <summary>All augmented images of an epoch, whatever their order.</summary>
    private static List<string> Augmented(PixelStore store, ImageAugmentation augmentation, int batchSize, long seed, int epoch)
    {
        var images = new List<string>();
        foreach (var batch in Loader(store, batchSize, seed, augmentation).Epoch(epoch))
            images.AddRange(batch.Pixels.Chunk(store.RowBytes).Select(Convert.ToHexString));
        return [.. images.Order(StringComparer.Ordinal)];
    }
}
