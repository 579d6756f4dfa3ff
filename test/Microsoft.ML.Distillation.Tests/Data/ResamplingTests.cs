using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Tests.Data;

public class ResamplingTests
{
    private static readonly ResamplingGolden[] Goldens = Golden.Read<ResamplingGolden[]>("data/resampling.json");

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Goldens.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void LinesScaleAsByPyTorchsAntiAliasedFilter(int index)
    {
        var (source, scaled) = (Goldens[index].Source, Goldens[index].Scaled);

        var rows = Resampling.Weights(source.Length, scaled.Length).Chunk(source.Length);

        // The weights are float32.
        Numbers.Within(scaled, [.. rows.Select(row => row.Zip(source, (w, s) => w * s).Sum())], 1e-6);
    }

    [Theory]
    [InlineData(32, 8)]
    [InlineData(33, 32)]
    [InlineData(7, 100)]
    [InlineData(224, 32)]
    public void EveryRowSumsToOne(int from, int to) =>
        Assert.All(Resampling.Weights(from, to).Chunk(from), row => Assert.Equal(1, row.Sum(w => (double)w), 1e-6));

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(32)]
    public void EqualSizesAreTheIdentity(int size) =>
        Assert.Equal(Enumerable.Range(0, size * size).Select(i => i % size == i / size ? 1f : 0), Resampling.Weights(size, size));

    [Theory]
    [InlineData(9, 4)]
    [InlineData(4, 9)]
    public void LeftAndRightAreTreatedAlike(int from, int to)
    {
        var weights = Resampling.Weights(from, to).Doubles();

        Numbers.Within(weights, [.. weights.Reverse()], 1e-7);
    }

    internal sealed record ResamplingGolden(double[] Source, double[] Scaled);
}
