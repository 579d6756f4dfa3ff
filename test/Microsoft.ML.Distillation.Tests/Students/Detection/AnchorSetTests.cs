using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation.Tests.Students.Detection;

public class AnchorSetTests
{
    [Fact]
    public void YolosAreThePublishedOnes()
    {
        Assert.Equal([8, 16, 32], AnchorSet.YoloV5.Strides);
        Assert.Equal(
            "10,13 16,30 33,23 / 30,61 62,45 59,119 / 116,90 156,198 373,326",
            string.Join(" / ", AnchorSet.YoloV5.Sizes.Select(l => string.Join(' ', l.Select(a => $"{a[0]},{a[1]}")))));
    }

    [Fact]
    public void RetinaNetsKeepTheAreaInAllProportions()
    {
        Assert.Equal([8, 16, 32, 64, 128], AnchorSet.RetinaNet.Strides);
        Assert.Equal(9, AnchorSet.RetinaNet.PerCell);
        for (var level = 0; level < 5; level++)
        {
            var sizes = AnchorSet.RetinaNet.Sizes[level];
            var sides = Enumerable.Range(0, 3).Select(i => 32 * Math.Pow(2, level + i / 3.0));
            Numbers.Close([.. sides, .. sides, .. sides], sizes.Select(a => Math.Sqrt((double)a[0] * a[1])), 1e-6);
            Numbers.Close([2, 2, 2, 1, 1, 1, .5, .5, .5], sizes.Select(a => (double)a[0] / a[1]), 1e-6);
        }
    }

    [Fact]
    public void PlacesRunAlongTheRows() => Assert.Equal(
        [-4, -4, 4, -4, 12, -4, -4, 4, 4, 4, 12, 4], AnchorSet.YoloV5.Places(0, new(3, 2), -.5f));

    [Fact]
    public void SizesAreGivenByAnchorTimesAFactor() => Assert.Equal([20, 26, 32, 60, 66, 46], AnchorSet.YoloV5.SizesOf(0, 2));

    [Fact]
    public void CellsAreRoundedUp() => Assert.Equal(new ImageSize(2, 1), AnchorSet.RetinaNet.Cells(4, new(160, 96)));

    [Fact]
    public void AllFaultsAreReportedTogether()
    {
        var message = Assert.Throws<ArgumentException>(() => new AnchorSet([8, 0, 4], [[[1, 2]], [[1, float.NaN], [3, 4]]])).Message;

        Assert.Equal(
            string.Join(
                Environment.NewLine, "Anchors: 4 faults.",
                "  - there are sizes for 2 levels and 3 strides; give as many.",
                "  - strides are 8, 0, 4; every one must be at least 1.",
                "  - levels have 1, 2 anchors; every level must have the same number of them, and at least one.",
                "  - an anchor is not two positive numbers of pixels, width and height. (Parameter 'sizes')"),
            message);
    }
}
