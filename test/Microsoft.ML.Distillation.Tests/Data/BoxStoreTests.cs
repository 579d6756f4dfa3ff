using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Tests.Data;

public class BoxStoreTests
{
    [Fact]
    public void RowsHoldWhatWasAddedInStoredPixels()
    {
        var store = new BoxStore();
        store.Add(Letterbox.Of(100, 50, 50, 50), [2, 0], [0, 0, 100, 50, 10, 20, 30, 40]);
        store.Add(Letterbox.Of(50, 50, 50, 50), [], []);
        store.Add(Letterbox.Of(25, 50, 50, 50), [1], [5, 10, 15, 20]);

        Assert.Equal((3, 3), (store.Count, store.ObjectCount));
        Assert.Equal([2, 0], store.Classes(0).ToArray());
        Assert.Equal([0, 12, 50, 37, 5, 22, 15, 32], store.Boxes(0).ToArray()); // half the size, from line 12 on
        Assert.Empty(store.Classes(1).ToArray());
        Assert.Empty(store.Boxes(1).ToArray());
        Assert.Equal([1], store.Classes(2).ToArray());
        Assert.Equal([17, 10, 27, 20], store.Boxes(2).ToArray());
        Assert.Equal((25, 50), (store.Letterbox(2).ImageWidth, store.Letterbox(2).ImageHeight));
    }

    [Fact]
    public void EveryObjectHasFourNumbers() => Assert.StartsWith(
        "There are 3 numbers for 1 objects; 4 each are needed.", Assert.Throws<ArgumentException>(() => new BoxStore().Add(default, [1], [1, 2, 3])).Message, StringComparison.Ordinal);

    [Fact]
    public void SomeRowsAreAStoreOfTheirOwn()
    {
        var store = new BoxStore();
        store.Add(Letterbox.Of(100, 50, 50, 50), [2, 1], [0, 0, 10, 20, 20, 10, 40, 50]);
        store.Add(Letterbox.Of(50, 50, 50, 50), [], []);
        store.Add(Letterbox.Of(25, 50, 50, 50), [0], [5, 6, 7, 8]);

        var some = store.Only([2, 0]);

        Assert.Equal((2, 3), (some.Count, some.ObjectCount));
        for (var (i, from) = (0, new[] { 2, 0 }); i < 2; i++)
        {
            Assert.Equal(store.Classes(from[i]), some.Classes(i));
            Assert.Equal(store.Boxes(from[i]), some.Boxes(i));
            Assert.Equal(store.Letterbox(from[i]), some.Letterbox(i));
        }
    }

    [Fact]
    public void AFingerprintTellsObjectsPlacesAndRowsApart()
    {
        static string Of(int width, int first, float edge, bool together)
        {
            var store = new BoxStore();
            store.Add(Letterbox.Of(width, 50, 50, 50), together ? [first, 1] : [first], together ? [0, 0, edge, 20, 1, 2, 3, 4] : [0, 0, edge, 20]);
            store.Add(Letterbox.Of(50, 50, 50, 50), together ? [] : [1], together ? [] : [1, 2, 3, 4]);
            return store.Fingerprint();
        }

        string[] all = [Of(50, 0, 9, true), Of(50, 0, 9, false), Of(50, 1, 9, true), Of(50, 0, 8, true), Of(40, 0, 9, true)];

        Assert.Equal(all[0], Of(50, 0, 9, true));
        Assert.Equal(5, all.Distinct().Count());
    }
}
