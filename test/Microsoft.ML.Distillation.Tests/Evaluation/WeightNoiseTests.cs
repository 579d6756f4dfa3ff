using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.Distillation.Tests.Training;

namespace Microsoft.ML.Distillation.Tests.Evaluation;

public class WeightNoiseTests
{
    private const string Large = "layer3.0.conv1.weight";
    private static readonly EvidenceOptions Options = new() { NoiseStrengths = [0, .1, .4], Draws = 3 };

    [Fact]
    public void NoNoiseIsTheNetworkItself()
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, 3);
        var (expected, asked) = (Loops.Bits(module), 0);

        var measured = WeightNoise.Measure(module, new EvidenceOptions { NoiseStrengths = [0], Draws = 4 }, 1, () =>
        {
            asked++;
            Same(expected, Loops.Bits(module));
            return .625;
        });

        Assert.Equal([.625, .625, .625, .625], Assert.Single(measured).Accuracies);
        Assert.Equal((.625, 0), (measured[0].Accuracy, measured[0].Deviation));
        Assert.Equal(1, asked);
    }

    // 18,432 Gaussian values: their deviation is known within a percent.
    [Fact]
    public void NoiseHasItsStrengthInEveryTensor()
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, 3);
        var own = Modules.Weights(module);
        var buffers = module.named_buffers().Select(b => b.Item1).ToHashSet();
        var strengths = new List<double>();

        WeightNoise.Measure(module, Options, 1, () =>
        {
            var shaken = Modules.Weights(module);
            strengths.Add(Length(Difference(shaken[Large], own[Large])) / Length(own[Large]));
            Assert.All(buffers, name => Assert.Equal(own[name], shaken[name]));
            if (strengths[^1] > 0)
                Assert.All(own.Keys.Except(buffers), name => Assert.True(Length(own[name]) == 0 || own[name].AsSpan().SequenceEqual(shaken[name]) == false, $"{name} is not shaken."));
            return 0;
        });

        Assert.Equal(7, strengths.Count);
        Numbers.Within([0, .1, .4, .1, .4, .1, .4], [.. strengths], .01);
    }

    [Fact]
    public void AllStrengthsSeeTheSameNoiseAndDrawsDiffer()
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, 3);
        var own = Modules.Weights(module)[Large];
        var seen = new List<double[]>();
        WeightNoise.Measure(module, Options, 1, () =>
        {
            seen.Add(Difference(Modules.Weights(module)[Large], own));
            return 0;
        });

        Numbers.Within([.. seen[1].Select(v => 4 * v)], seen[2], 1e-6);
        Assert.NotEqual(seen[1], seen[3]);
    }

    [Fact]
    public void TheSeedDecides()
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, 3);

        Assert.Equal(Sums(1), Sums(1));
        Assert.NotEqual(Sums(1), Sums(2));

        double[] Sums(long seed) =>
            [.. WeightNoise.Measure(module, Options, seed, () => Modules.Weights(module).Values.Sum(w => w.Sum(v => (double)v))).SelectMany(noise => noise.Accuracies)];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WeightsAreAfterwardsWhatTheyWere(bool fails)
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, 3);
        var (expected, asked) = (Loops.Bits(module), 0);

        var error = Record.Exception(() => WeightNoise.Measure(module, Options, 1, () => fails && ++asked == 4 ? throw new InvalidOperationException("measuring failed") : .5));

        Assert.Equal(fails, error is InvalidOperationException);
        Same(expected, Loops.Bits(module));
    }

    [Fact]
    public void SpreadIsOfTheDraws()
    {
        Assert.Equal(.5, new NoiseAccuracy(.1, [.4, .5, .6]).Accuracy, 1e-12);
        Assert.Equal(.1, new NoiseAccuracy(.1, [.4, .5, .6]).Deviation!.Value, 1e-12);
        Assert.Null(new NoiseAccuracy(.1, [.4]).Deviation);
    }

    private static double[] Difference(float[] a, float[] b) => [.. a.Zip(b, (x, y) => (double)x - y)];

    private static double Length(double[] values) => Math.Sqrt(values.Sum(v => v * v));

    private static double Length(float[] values) => Math.Sqrt(values.Sum(v => (double)v * v));

    private static void Same(Dictionary<string, byte[]> expected, Dictionary<string, byte[]> actual)
    {
        foreach (var (name, bits) in expected)
            Assert.True(bits.AsSpan().SequenceEqual(actual[name]), $"{name} differs.");
    }
}
