using Microsoft.ML.Distillation.ObjectDetection;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class DetectionLoaderTests
{
    [Fact]
    public void EachRowComesAtMostOnceAnEpochAndTheRestIsLeftOut()
    {
        using var data = AugmentedScenes.Data(23);
        var loader = Loader(data, batch: 5);

        var rows = loader.Epoch(0).SelectMany(b => b.Rows.ToArray()).ToList();

        Assert.Equal((5, 4), (loader.BatchSize, loader.StepsPerEpoch));
        Assert.Equal(20, rows.Distinct().Count());
        Assert.NotEqual(rows, loader.Epoch(1).SelectMany(b => b.Rows.ToArray()));
        Assert.Equal(rows, Loader(data, batch: 5).Epoch(0).SelectMany(b => b.Rows.ToArray()));
    }

    [Fact]
    public void AnEpochMayBeginInTheMiddle()
    {
        using var data = AugmentedScenes.Data(20);
        var loader = Loader(data, batch: 5);

        Assert.Equal(loader.Epoch(2).Select(Text).ToList().Skip(1), loader.Epoch(2, first: 1).Select(Text).ToList());

        static string Text(DetectionBatch batch) => $"{string.Join(' ', batch.Rows)}: {string.Join(' ', batch.Targets)}; {string.Join(' ', batch.Placements)}";
    }

    [Fact]
    public void TargetsNameTheirImageOfTheBatch()
    {
        using var data = AugmentedScenes.Data(18);
        foreach (var batch in Loader(data, batch: 6, DetectionAugmentation.None).Epoch(0))
        {
            Assert.Equal(1, batch.Tiles);
            Assert.Equal(
                batch.Rows.SelectMany((row, i) => new float[] { i, data.Boxes.Classes(row)[0], data.Boxes.Boxes(row)[0], data.Boxes.Boxes(row)[1], data.Boxes.Boxes(row)[2], data.Boxes.Boxes(row)[3] }),
                batch.Targets);
        }
    }

    [Fact]
    public void FewerRowsThanABatchMakeOneBatch()
    {
        using var data = AugmentedScenes.Data(3);
        var loader = Loader(data, batch: 128);

        Assert.Equal((3, 1), (loader.BatchSize, loader.StepsPerEpoch));
        Assert.Equal([0, 1, 2], Assert.Single(loader.Epoch(0)).Rows.Order());
    }

    private static DetectionLoader Loader(DetectionData data, int batch, DetectionAugmentation? augmentation = null) => new(data, augmentation ?? new(), batch, seed: 1, epochs: 50);
}
