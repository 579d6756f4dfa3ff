using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Tests.Data;

public class LeakCheckTests
{
    private static readonly ImageSize Size = new(5, 3);

    [Fact]
    public void DifferentImagesAreNoLeak()
    {
        using var training = Store((1, 0), (2, 1));
        using var validation = Store((3, 0), (4, 1));

        Assert.Null(Find(training, validation));
    }

    [Fact]
    public void EqualImagesAreCountedAndShownByTheirRows()
    {
        using var training = Store((1, 0), (2, 1), (3, 0), (2, 1));
        using var validation = Store((9, 1), (2, 1), (1, 1));

        var finding = Find(training, validation)!;

        Assert.Equal((DataFindingKind.Leaked, "validation", 2), (finding.Kind, finding.Data, finding.Count));
        Assert.StartsWith("2 of 3 validation images are in the training data too, 1 of them with another label there (validation row = training row: 1 = 1, 2 = 0); ", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void RowsLeftOutCountInTheRowsShown()
    {
        using var training = Store((1, 0), (2, 0));
        using var validation = Store((2, 0));
        var log = new RowLog(BadImages.Skip);
        log.Skip(new("training", 0, "", null));
        log.Skip(new("training", 2, "", null));

        Assert.Contains("(validation row = training row: 0 = 3)", LeakCheck.Find(training, log, validation, new RowLog())!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyTheFirstPairsAreShown()
    {
        using var store = Store([.. Enumerable.Range(0, 7).Select(i => (i, 0))]);

        var finding = Find(store, store)!;

        Assert.Equal(7, finding.Count);
        Assert.Contains("0 = 0, 1 = 1, 2 = 2, 3 = 3, 4 = 4, …)", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryByteTellsInTheHash()
    {
        var pixels = new byte[45];
        var hashes = new HashSet<ulong> { LeakCheck.Hash(pixels) };
        for (var i = 0; i < pixels.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                pixels[i] = (byte)(1 << bit);
                Assert.True(hashes.Add(LeakCheck.Hash(pixels)), $"Byte {i}, bit {bit}.");
            }
            pixels[i] = 0;
        }
    }

    private static DataFinding? Find(PixelStore training, PixelStore validation) => LeakCheck.Find(training, new RowLog(), validation, new RowLog());

    private static PixelStore Store(params (int Seed, int Label)[] rows)
    {
        var store = new PixelStore(Size, long.MaxValue, Path.GetTempPath());
        foreach (var (seed, label) in rows)
            new Random(seed).NextBytes(store.Add(label));
        return store;
    }
}
