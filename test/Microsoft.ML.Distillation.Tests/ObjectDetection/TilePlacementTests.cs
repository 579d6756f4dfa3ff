using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class TilePlacementTests
{
    [Theory]
    [InlineData(2.1f, 2.1f, 4, true)]
    [InlineData(2, 50, 100, false)]    // not more than 2 pixels wide
    [InlineData(50, 2, 100, false)]
    [InlineData(300, 3, 900, false)]   // 100 times as long as wide
    [InlineData(3, 299, 900, true)]
    [InlineData(10, 10, 1000, false)]  // a tenth is left
    [InlineData(10, 10.1f, 1000, true)]
    public void TooLittleLeftOfABoxIsNoBox(float width, float height, double area, bool stays) => Assert.Equal(stays, TilePlacement.Stays(width, height, area));

    [Fact]
    public void BoxesMoveAndAreCutWhereTheirPixelsAre()
    {
        // Twice the size, 30 pixels to the left, mirrored down a length of 100; only 0…50 of it across is seen.
        var store = Store([0, 10, 20, 30, /**/ 20, 0, 60, 10, /**/ 0, 0, 16, 10]);
        var tile = new TilePlacement(0, new(2, -30, 0, 50, .5f, 63.5f), new(-1, 100, 0, 100, .5f, 63.5f));
        var (all, some) = (new List<float>(), new List<float>());

        tile.AddTargets(store, image: 7, choosy: false, all);
        tile.AddTargets(store, image: 7, choosy: true, some);

        Assert.Equal([7, 0, 0, 70, 10, 90, /**/ 7, 1, 10, 90, 50, 100, /**/ 7, 2, 0, 90, 2, 100], all);
        Assert.Equal(all.Take(12), some); // of the third, 2 of 32 pixels across are left
    }

    [Fact]
    public void NothingIsOnAnImageThatIsNowhere()
    {
        var targets = new List<float>();

        new TilePlacement(0, AxisPlacement.Nowhere, AxisPlacement.Nowhere).AddTargets(Store([0, 0, 10, 10]), 0, choosy: false, targets);

        Assert.Empty(targets);
    }

    [Fact]
    public void AnImageOfWhichNothingIsStoredIsNowhere() => Assert.Equal(AxisPlacement.Nowhere, AxisPlacement.Of(1.5, 3, stored: 32, length: 0, origin: 32, canvas: 64, target: 64));

    private static BoxStore Store(float[] boxes)
    {
        var store = new BoxStore();
        store.Add(Letterbox.Of(64, 64, 64, 64), [.. Enumerable.Range(0, boxes.Length / 4)], boxes);
        return store;
    }
}
