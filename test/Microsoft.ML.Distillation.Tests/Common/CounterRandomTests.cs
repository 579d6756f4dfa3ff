using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Tests.Common;

public class CounterRandomTests
{
    /// <summary>How many standard errors a statistic may be off: with some dozens of them, fixed seeds apart, one in thousands of suites would fail.</summary>
    private const double Errors = 4.5;

    [Fact]
    public void NumbersAreThoseOfSplitMix64()
    {
        // Computed by a few lines of Python from the published constants: a saved seed must mean the same tomorrow.
        Assert.Equal([0x92e1f3e4c392f6c5, 0x4f6acdd43ccea9ab, 0x507143278c4cf492], Bits(new(1, RandomPurpose.RowOrder), 3));
        Assert.Equal([0xb235720769009746, 0xb1256587a75f6aee, 0xdf6f7ab9277ad08a], Bits(new(-5, RandomPurpose.Augmentation, 7, 123456), 3));
    }

    [Fact]
    public void EveryPartOfTheKeyMakesAnotherStream()
    {
        var keys = from seed in new long[] { 0, 1, -1, long.MaxValue }
                   from purpose in new[] { RandomPurpose.InitialWeights, RandomPurpose.RowOrder }
                   from a in Enumerable.Range(0, 20)
                   from b in Enumerable.Range(0, 20)
                   select new CounterRandom(seed, purpose, a, b);

        var drawn = keys.SelectMany(key => Bits(key, 4)).ToList();

        Assert.Equal(4 * 2 * 20 * 20 * 4, drawn.Distinct().Count());
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    public void NeighbouringKeysAreNotCorrelated(int da, int db)
    {
        const int Keys = 10_000;
        var products = Enumerable.Range(0, Keys).Select(i => Centred(new(1, RandomPurpose.Augmentation, i, i)) * Centred(new(1, RandomPurpose.Augmentation, i + da, i + db)));

        // A product of two independent uniform values of mean 0 has deviation 1/12.
        Assert.InRange(products.Average(), -Errors / 12 / Math.Sqrt(Keys), Errors / 12 / Math.Sqrt(Keys));

        static double Centred(CounterRandom random) => random.NextDouble() - .5;
    }

    [Fact]
    public void DoublesAreUniformFromZeroToBelowOne()
    {
        const int Count = 100_000;
        var random = new CounterRandom(3, RandomPurpose.Augmentation);
        var values = Enumerable.Range(0, Count).Select(_ => random.NextDouble()).ToList();

        Assert.All(values, v => Assert.True(v is >= 0 and < 1));
        Assert.InRange(values.Average() - .5, -Errors / Math.Sqrt(12.0 * Count), Errors / Math.Sqrt(12.0 * Count));
        AssertUniform(values.Select(v => (int)(v * 50)), 50, Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(1000)]
    public void IntegersAreUniformBelowTheirMaximum(int maximum)
    {
        const int Count = 100_000;
        var random = new CounterRandom(4, RandomPurpose.Augmentation);

        AssertUniform(Enumerable.Range(0, Count).Select(_ => random.NextInt(maximum)), maximum, Count);
    }

    [Fact]
    public void TheLargestMaximumDoesNotOverflow()
    {
        var random = new CounterRandom(5, RandomPurpose.Augmentation);
        var values = Enumerable.Range(0, 1000).Select(_ => random.NextInt(int.MaxValue)).ToList();

        Assert.All(values, v => Assert.InRange(v, 0, int.MaxValue - 1));
        Assert.InRange(values.Max(), (int)(.99 * int.MaxValue), int.MaxValue - 1); // 1,000 values all below 99 %: a probability of 4e-5
    }

    [Fact]
    public void FirstNumbersOfManyKeysAreUniformToo() =>
        AssertUniform(Enumerable.Range(0, 50_000).Select(row => new CounterRandom(1, RandomPurpose.Augmentation, 3, row).NextInt(9)), 9, 50_000);

    [Fact]
    public void GaussianMomentsAreThoseOfTheNormalDistribution()
    {
        const int Count = 200_000;
        var random = new CounterRandom(6, RandomPurpose.InitialWeights);
        var values = Enumerable.Range(0, Count).Select(_ => random.NextGaussian()).ToList();

        // Standard errors of the raw moments: √(Var xᵏ / n), with Var x, x², x³, x⁴ = 1, 2, 15, 96.
        foreach (var (power, moment, variance) in new[] { (1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0) })
            Assert.InRange(values.Average(v => Math.Pow(v, power)) - moment, -Errors * Math.Sqrt(variance / Count), Errors * Math.Sqrt(variance / Count));
        // Both values of a pair: not correlated.
        Assert.InRange(values.Chunk(2).Average(p => p[0] * p[1]), -Errors / Math.Sqrt(Count / 2.0), Errors / Math.Sqrt(Count / 2.0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void APermutationHasEveryNumberOnce(int count)
    {
        var order = new CounterRandom(7, RandomPurpose.RowOrder).NextPermutation(count);

        Assert.Equal(Enumerable.Range(0, count), order.Order());
    }

    [Fact]
    public void AllPermutationsAreEquallyLikely()
    {
        const int Keys = 24_000;
        var seen = Enumerable.Range(0, Keys).Select(epoch => string.Concat(new CounterRandom(8, RandomPurpose.RowOrder, epoch).NextPermutation(4)));

        var numbers = new Dictionary<string, int>();
        AssertUniform(seen.Select(p => numbers.TryGetValue(p, out var n) ? n : numbers[p] = numbers.Count).ToList(), 24, Keys);
    }

    private static ulong[] Bits(CounterRandom random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextBits())];

    /// <summary>χ² over <paramref name="cells"/>: mean k = cells − 1, variance 2k.</summary>
    private static void AssertUniform(IEnumerable<int> values, int cells, int count)
    {
        var counts = new int[cells];
        foreach (var value in values)
            counts[value]++;
        var expected = count / (double)cells;
        var chiSquare = counts.Sum(c => (c - expected) * (c - expected) / expected);
        Assert.Equal(count, counts.Sum());
        Assert.InRange(chiSquare, 0, cells - 1 + Errors * Math.Sqrt(2 * Math.Max(1, cells - 1)));
    }
}
