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
    public void ObjectsAreSureUnlessSomebodySaysHowSure()
    {
        var store = new BoxStore();
        store.Add(Letterbox.Of(100, 50, 50, 50), [2], [0, 0, 100, 50]);
        Assert.False(store.HasConfidences);

        store.AddStored(Letterbox.Of(100, 50, 50, 50), [1, 0], [1, 2, 3, 4, 5, 6, 7, 8], [.5f, .25f]);

        Assert.True(store.HasConfidences);
        Assert.Equal([1], store.Confidences(0).ToArray());
        Assert.Equal([.5f, .25f], store.Confidences(1).ToArray());
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], store.Boxes(1).ToArray()); // stored pixels already
        Assert.StartsWith(
            "There are 1 confidences for 2 objects; one each is needed.",
            Assert.Throws<ArgumentException>(() => store.AddStored(default, [1, 0], [1, 2, 3, 4, 5, 6, 7, 8], [.5f])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryObjectHasFourNumbers() => Assert.StartsWith(
        "There are 3 numbers for 1 objects; 4 each are needed.", Assert.Throws<ArgumentException>(() => new BoxStore().Add(default, [1], [1, 2, 3])).Message, StringComparison.Ordinal);
}
