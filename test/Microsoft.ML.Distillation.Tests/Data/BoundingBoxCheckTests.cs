using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Tests.Data;

public class BoundingBoxCheckTests
{
    private static readonly ImageSize Image = new(40, 30);

    [Fact]
    public void BoxesWithinTheImageStayAsTheyAre()
    {
        float[] boxes = [0, 0, 40, 30, 1.5f, 2, 1.75f, 29];

        var result = BoundingBoxCheck.Check(boxes, 2, Image, OutsideBoxes.Fault);

        Assert.Null(result.Fault);
        Assert.Equal(boxes, result.Boxes);
        Assert.Equal(0, result.Clipped);
    }

    [Fact]
    public void AnImageMayHaveNoBoxes() => Assert.Equal((0, null), (BoundingBoxCheck.Check([], 0, Image).Boxes.Length, BoundingBoxCheck.Check([], 0, Image).Fault));

    [Fact]
    public void BoxesOverTheEdgeAreClipped()
    {
        float[] boxes = [-5, 3, 10, 31, 1, 1, 2, 2, 39, 29, 1e30f, 1e30f];

        var result = BoundingBoxCheck.Check(boxes, 3, Image);

        Assert.Equal([0, 3, 10, 30, 1, 1, 2, 2, 39, 29, 40, 30], result.Boxes);
        Assert.Equal(2, result.Clipped);
        Assert.Equal(-5, boxes[0]);
    }

    [Theory]
    [InlineData(new float[] { 1, 2, 3 }, 1, "its boxes are 3 numbers, which is no multiple of 4")]
    [InlineData(new float[] { 1, 2, 3, 4 }, 2, "it has 2 labels and 1 box; each box needs a label")]
    [InlineData(new float[] { 1, 2, 3, 4, 1, 2, 3, 4 }, 1, "it has 1 label and 2 boxes; each box needs a label")]
    [InlineData(new float[] { 1, 2, 3, 4, 1, float.NaN, 3, 4 }, 2, "box 1 (1 NaN 3 4) has no finite y0")]
    [InlineData(new float[] { 1, 2, float.PositiveInfinity, 4 }, 1, "box 0 (1 2 Infinity 4) has no finite x1")]
    [InlineData(new float[] { 5, 2, 3, 4 }, 1, "box 0 (5 2 3 4) is inverted")]
    [InlineData(new float[] { 5, 2, 6, 1 }, 1, "is inverted")]
    [InlineData(new float[] { 5, 2, 5, 4 }, 1, "box 0 (5 2 5 4) has no area")]
    [InlineData(new float[] { 5, 4, 6, 4 }, 1, "has no area")]
    [InlineData(new float[] { 40, 2, 50, 4 }, 1, "box 0 (40 2 50 4) lies outside its image of 40×30 pixels")]
    [InlineData(new float[] { 1, -9, 5, -4 }, 1, "lies outside")]
    public void FaultsAreNamed(float[] boxes, int labels, string expected)
    {
        var result = BoundingBoxCheck.Check(boxes, labels, Image);

        Assert.Contains(expected, result.Fault, StringComparison.Ordinal);
        Assert.Empty(result.Boxes);
    }

    [Fact]
    public void ClippingCanBeRefused() =>
        Assert.Equal("box 0 (1 2 41 4) reaches out of its image of 40×30 pixels", BoundingBoxCheck.Check([1, 2, 41, 4], 1, Image, OutsideBoxes.Fault).Fault);
}
