using Microsoft.ML.Distillation.Scoring;

namespace Microsoft.ML.Distillation.Tests.Runtime.Scoring;

public class ImagePlanesTests
{
    // Around every length of a vector that a processor may have.
    public static TheoryData<int> Counts => [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 7 * 5, 129];

    [Theory]
    [MemberData(nameof(Counts))]
    public void EachColourHasAPlane(int count)
    {
        var pixels = Bytes(count);

        foreach (var blueFirst in new[] { false, true })
        {
            var planes = new float[3 * count];
            ImagePlanes.Write(pixels, blueFirst, planes);

            Assert.Equal(from colour in new[] { 0, 1, 2 } from i in Enumerable.Range(0, count) select (float)pixels[4 * i + (blueFirst ? 2 - colour : colour)], planes);
        }
    }

    // Another image's place is next to it.
    [Fact]
    public void NothingIsWrittenBesideThem()
    {
        var values = Enumerable.Repeat(-1f, 3 * 37 + 2).ToArray();

        ImagePlanes.Write(Bytes(37), blueFirst: true, values.AsSpan(1, 3 * 37));

        Assert.Equal((-1, -1), (values[0], values[^1]));
        Assert.DoesNotContain(-1, values[1..^1]);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(13)]
    public void PlanesOfAnotherSizeAreAnError(int values) => Assert.Throws<ArgumentOutOfRangeException>(() => ImagePlanes.Write(Bytes(4), blueFirst: false, new float[values]));

    private static byte[] Bytes(int pixels)
    {
        var bytes = new byte[4 * pixels];
        new Random(pixels).NextBytes(bytes);
        return bytes;
    }
}
