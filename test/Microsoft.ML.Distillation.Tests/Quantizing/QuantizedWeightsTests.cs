using Microsoft.ML.Distillation.Quantizing;

namespace Microsoft.ML.Distillation.Tests.Quantizing;

public class QuantizedWeightsTests
{
    [Theory]
    [InlineData(0, 127)]
    [InlineData(1, 127)]
    [InlineData(0, 63)]
    public void EveryWeightIsWithinHalfAStepOfItsChannel(int axis, int limit)
    {
        long[] shape = [6, 5, 3, 3];
        var weights = Numbers.Gaussian(270, seed: 1);

        var quantized = QuantizedWeights.Of(weights, shape, axis, limit, []);

        Assert.Equal(shape[axis], quantized.Scales.Length);
        for (var i = 0; i < weights.Length; i++)
        {
            var scale = quantized.Scales[axis == 0 ? i / 45 : i / 9 % 5];
            Assert.True(Math.Abs(weights[i] - scale * (double)quantized.Values[i]) <= scale * .500001, $"Weight {i}.");
            Assert.InRange(quantized.Values[i], -limit, limit);
        }
        // The greatest of each channel takes the last level: no range is wasted.
        for (var channel = 0; channel < shape[axis]; channel++)
        {
            var own = quantized.Values.Where((_, i) => (axis == 0 ? i / 45 : i / 9 % 5) == channel);
            Assert.Equal(limit, own.Max(v => Math.Abs((int)v)));
        }
    }

    [Fact]
    public void AChannelOfZerosStaysZero()
    {
        var quantized = QuantizedWeights.Of([0, 0, 1, -2], [2, 2], 0, 127, []);

        Assert.Equal([0, 0, 64, -127], quantized.Values);
        Assert.Equal([1f, 2f / 127], quantized.Scales);
    }

    [Fact]
    public void ABiasFitsThoughItsWeightsAreNextToNothing()
    {
        var (weights, bias) = (new[] { 1e-12f, 0, .5f, -.25f }, new[] { 3f, .7f });

        var quantized = QuantizedWeights.Of(weights, [2, 2], 0, 127, [(bias, .01f)]);
        var (values, scales) = quantized.Bias(bias, .01f);

        for (var i = 0; i < bias.Length; i++)
        {
            Assert.Equal(quantized.Scales[i] * .01f, scales[i]);
            Assert.Equal(bias[i], values[i] * (double)scales[i], scales[i] * .51 + 1e-6 * bias[i]);
        }
        Assert.Equal(.5f / 127, quantized.Scales[1]);
    }
}
