using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Tests.Methods;

namespace Microsoft.ML.Distillation.Tests.Data;

public class CompanionsTests
{
    private static readonly ImageSize Size = new(6, 5);
    private static readonly ImageAugmentation Changes = new() { CropPadding = 2, CutoutSize = 2 };

    [Theory]
    [InlineData(BatchParts.None)]
    [InlineData(BatchParts.OneLabel | BatchParts.PreActivations | BatchParts.InputGradients)]
    public void WithoutAMethodThatAsksThereAreNone(object parts)
    {
        using var store = Stores.Numbered(20, Size);

        Assert.All(new BatchLoader(store, new BatchAugmenter(Changes, Size), 5, 1, (BatchParts)parts).Epoch(0), batch => Assert.Null(batch.Companions));
    }

    [Theory]
    [InlineData(BatchParts.SecondView)]
    [InlineData(BatchParts.SameClassImage)]
    public void TheBatchItselfStaysAsItIsWithout(object parts)
    {
        using var store = Stores.Numbered(40, Size);

        Assert.Equal(Images(store, BatchParts.None, b => b.Pixels), Images(store, (BatchParts)parts, b => b.Pixels));
    }

    [Fact]
    public void ASecondViewIsTheSameImageChangedByItsOwnNumbers()
    {
        using var store = Stores.Numbered(40, Size);
        var augmenter = new BatchAugmenter(Changes, Size);
        var expected = new byte[store.RowBytes];
        var different = 0;
        foreach (var batch in Loader(store, BatchParts.SecondView).Epoch(3))
        {
            for (var i = 0; i < batch.Rows.Length; i++)
            {
                augmenter.Copy(store.Pixels(batch.Rows[i]), expected, new CounterRandom(1, RandomPurpose.Companion, 3, batch.Rows[i]));
                Assert.Equal(expected, batch.Companions!.AsSpan(i * store.RowBytes, store.RowBytes));
                different += batch.Pixels.AsSpan(i * store.RowBytes, store.RowBytes).SequenceEqual(expected) ? 0 : 1;
            }
        }

        // Two views are equal only where 25 shifts, 2 flips and 30 places of a square agree.
        Assert.InRange(different, 38, 40);
    }

    [Theory]
    [InlineData(BatchParts.SecondView)]
    [InlineData(BatchParts.SameClassImage)]
    public void ACompanionDependsOnSeedEpochAndRowAlone(object parts)
    {
        using var store = Stores.Numbered(30, Size);
        var kind = (BatchParts)parts;

        var first = Images(store, kind, b => b.Companions!);

        Assert.Equal(first, Images(store, kind, b => b.Companions!, batch: 15));
        Assert.NotEqual(first, Images(store, kind, b => b.Companions!, epoch: 1));
        Assert.NotEqual(first, Images(store, kind, b => b.Companions!, seed: 2));
    }

    [Fact]
    public void EveryOtherImageOfTheClassIsEquallyLikelyAndItselfNever()
    {
        const int Epochs = 3000, Row = 9;
        int[] labels = [.. Enumerable.Range(0, 35).Select(i => i % 7)];
        var companions = Companions.For(BatchParts.SameClassImage, labels, seed: 1)!;

        var counts = Enumerable.Range(0, Epochs).Select(epoch => companions.Draw(epoch, Row).Row).CountBy(row => row).ToDictionary();

        // Row 9 is of class 2, as are 2, 16, 23 and 30. A count has deviation √(3000·¼·¾) = 23.7: 4.5 of them.
        Assert.Equal([2, 16, 23, 30], counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, 750 - 107, 750 + 107));
    }

    [Fact]
    public void TheOnlyImageOfAClassIsItsOwnCompanion()
    {
        var companions = Companions.For(BatchParts.SameClassImage, [0, 3, 0], seed: 1)!;

        Assert.All(Enumerable.Range(0, 20), epoch => Assert.Equal((2, 1, 0), (companions.Draw(epoch, 0).Row, companions.Draw(epoch, 1).Row, companions.Draw(epoch, 2).Row)));
    }

    [Fact]
    public void TheLoaderBringsAnotherImageOfTheClass()
    {
        using var store = Stores.Numbered(40, Size);
        var loader = new BatchLoader(store, new BatchAugmenter(ImageAugmentation.None, Size), 8, 1, BatchParts.SameClassImage);
        foreach (var batch in loader.Epoch(2))
        {
            var others = batch.Companions!.Chunk(store.RowBytes).Select(p => Stores.NumberOf(p)).ToList();

            Assert.Equal(batch.Labels, others.Select(row => (long)store.Labels[row]));
            Assert.All(others.Zip(batch.Rows), pair => Assert.NotEqual(pair.Second, pair.First));
        }
    }

    [Fact]
    public void TwoKindsInOneRunAreAFault() => Assert.Equal(
        "Options of DistillImageClassification: Views needs every image a second time, Peers another image of its class, and a step has room for one of them: remove one method. (Parameter 'options')",
        Assert.Throws<ArgumentException>(() => new ImageClassificationDistillationOptions
        {
            Methods = { new Probe("Views", BatchParts.SecondView), new Probe("Peers", BatchParts.SameClassImage | BatchParts.OneLabel) },
        }.Validate()).Message);

    [Fact]
    public void TwoMethodsOfOneKindShareIt() => new ImageClassificationDistillationOptions
    {
        Methods = { new Probe("One", BatchParts.SecondView), new Probe("Two", BatchParts.SecondView) },
    }.Validate();

    private static BatchLoader Loader(PixelStore store, BatchParts parts, int batch = 10, long seed = 1) => new(store, new BatchAugmenter(Changes, Size), batch, seed, parts);

    /// <summary>An epoch's images in the order of their rows.</summary>
    private static List<string> Images(PixelStore store, BatchParts parts, Func<Batch, byte[]> which, int batch = 10, long seed = 1, int epoch = 0)
    {
        var images = new SortedDictionary<int, string>();
        foreach (var made in Loader(store, parts, batch, seed).Epoch(epoch))
        {
            for (var i = 0; i < made.Rows.Length; i++)
                images.Add(made.Rows[i], Convert.ToHexString(which(made), i * store.RowBytes, store.RowBytes));
        }
        return [.. images.Values];
    }
}
