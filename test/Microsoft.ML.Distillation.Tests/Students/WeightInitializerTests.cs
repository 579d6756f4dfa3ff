using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Blocks;
using TorchSharp;

namespace Microsoft.ML.Distillation.Tests.Students;

public class WeightInitializerTests
{
    private static readonly Dictionary<string, float[]> Weights = Initialized();

    [Fact]
    public void ConvolutionsAreHeNormalByFanOut()
    {
        // layer3.0.conv1 is 64×32×3×3: deviation √(2 / (64·9)). Four standard errors of a mean (σ/√n) and of a deviation (σ/√(2n)).
        var values = Weights["layer3.0.conv1.weight"].Doubles();
        var (n, sigma) = (values.Length, Math.Sqrt(2.0 / (64 * 9)));
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / n);

        Assert.InRange(mean, -4 * sigma / Math.Sqrt(n), 4 * sigma / Math.Sqrt(n));
        Assert.InRange(deviation, sigma * (1 - 4 / Math.Sqrt(2 * n)), sigma * (1 + 4 / Math.Sqrt(2 * n)));
    }

    [Theory]
    [InlineData("fc.weight", 64 * 50)]
    [InlineData("fc.bias", 50)]
    public void TheClassifierIsUniformByItsInputs(string name, int count)
    {
        var (values, bound) = (Weights[name], 1 / Math.Sqrt(64));

        // That none of n uniform values lies in the outer 20 % of either side has a probability of 2·0.9ⁿ: 1 % at the bias' 50.
        Assert.Equal(count, values.Length);
        Assert.All(values, v => Assert.InRange(v, -bound, bound));
        Assert.True(values.Max() > .8 * bound && values.Min() < -.8 * bound);
    }

    [Fact]
    public void BatchNormStartsAtOneAndZero() => Assert.All(Weights.Where(w => w.Key.Contains("bn", StringComparison.Ordinal)), w =>
        Assert.All(w.Value, v => Assert.Equal(w.Key.EndsWith(".weight", StringComparison.Ordinal) || w.Key.EndsWith("running_var", StringComparison.Ordinal) ? 1 : 0, v)));

    [Fact]
    public void EachLayersNumbersAreItsOwn()
    {
        var random = new CounterRandom(7, RandomPurpose.InitialWeights, 0);

        // The stem is parameter 0, 16×3×3×3; two layers of one shape get different values.
        Assert.Equal((float)(Math.Sqrt(2.0 / (16 * 9)) * random.NextGaussian()), Weights["conv1.weight"][0]);
        Assert.NotEqual(Weights["layer1.0.conv1.weight"], Weights["layer1.0.conv2.weight"]);
    }

    [Theory]
    [InlineData(1, 64 * 9.0)]
    [InlineData(4, 16 * 9.0)]
    [InlineData(64, 9.0)]
    public void TheFanOutIsThatOfOneGroup(int groups, double fanOut)
    {
        using var module = new BlockList(new Conv(64, 64, 3, 1, groups, bias: true));

        WeightInitializer.Initialize(module, seed: 3);

        // Four standard errors of a deviation, σ/√(2n).
        var values = Modules.Weights(module)["0.weight"].Doubles();
        var (sigma, deviation) = (Math.Sqrt(2 / fanOut), Math.Sqrt(values.Average(v => v * v)));
        Assert.InRange(deviation, sigma * (1 - 4 / Math.Sqrt(2 * values.Length)), sigma * (1 + 4 / Math.Sqrt(2 * values.Length)));
        Assert.All(Modules.Weights(module)["0.bias"], v => Assert.Equal(0, v));
    }

    [Fact]
    public void AConvolutionByItselfIsInitialisedAlike()
    {
        using var alone = new Conv(8, 8, 3, 1, groups: 8);
        using var listed = new BlockList(new Conv(8, 8, 3, 1, groups: 8));

        WeightInitializer.Initialize(alone, seed: 3);
        WeightInitializer.Initialize(listed, seed: 3);

        Assert.Equal(Modules.Weights(listed)["0.weight"], Modules.Weights(alone)["weight"]);
    }

    private static Dictionary<string, float[]> Initialized()
    {
        using var module = new CifarResNet(8, [16, 16, 32, 64], 50);
        WeightInitializer.Initialize(module, seed: 7);
        return Modules.Weights(module);
    }
}
