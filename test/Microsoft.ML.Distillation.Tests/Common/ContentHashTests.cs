using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Tests.Common;

public class ContentHashTests
{
    [Fact]
    public void EqualContentsHaveEqualHashes() => Assert.Equal(Of([1, 2, 3]), Of([1, 2, 3]));

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(192)]
    [InlineData(195)]
    public void EveryBitMatters(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        var seen = new HashSet<string> { Of(bytes) };
        for (var bit = 0; bit < 8 * length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.True(seen.Add(Of(bytes)), $"Bit {bit} changes nothing.");
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }

    [Fact]
    public void OrderAndBordersMatter()
    {
        Assert.NotEqual(Of([1], [2]), Of([2], [1]));
        Assert.NotEqual(Of([1, 2], [3]), Of([1], [2, 3]));
        Assert.NotEqual(Of([]), Of([], []));
    }

    [Fact]
    public void NumbersMatter()
    {
        var (one, two) = (new ContentHash(), new ContentHash());
        one.Add(1);
        two.Add(1L << 40);

        Assert.NotEqual(one.ToString(), two.ToString());
        Assert.Equal(16, one.ToString().Length);
    }

    private static string Of(params byte[][] parts)
    {
        var hash = new ContentHash();
        foreach (var part in parts)
            hash.Add((ReadOnlySpan<byte>)part);
        return hash.ToString();
    }
}
