using Microsoft.ML.Distillation.ObjectDetection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class ColourJitterTests
{
    private static readonly JitterGolden All = Golden.Read<JitterGolden>("data/colour_jitter.json");

    // Each case is an image of the batch, so that every image gets its own factors.
    [Theory]
    [InlineData(ScalarType.Float64, 1e-9)]
    [InlineData(ScalarType.Float32, 1e-3)]
    public void ColoursChangeAsByPythonsColorsys(ScalarType type, double bound)
    {
        using var scope = NewDisposeScope();
        var count = All.Cases.Length;
        var image = tensor(All.Colours, [All.Colours.Length / 3, 3]).t().reshape(1, 3, 5, -1);
        var factors = tensor(All.Cases.SelectMany(c => c.Factors).ToArray(), [count, 3]);

        var changed = ColourJitter.Apply(image.expand(count, 3, 5, -1).to(type), factors.to(type));

        Numbers.Within([.. All.Cases.SelectMany(c => c.Changed)], Numbers.Of(changed.reshape(count, 3, -1).permute(0, 2, 1)), bound);
    }

    [Fact]
    public void FactorsOfOneChangeNothing()
    {
        using var scope = NewDisposeScope();
        var pixels = tensor([.. Numbers.Gaussian(2 * 3 * 6 * 7, seed: 3).Select(v => Math.Clamp(127 + 90 * v, 0, 255))], [2, 3, 6, 7]);

        Numbers.Within(Numbers.Of(pixels), Numbers.Of(ColourJitter.Apply(pixels, ones(2, 3))), 1e-3);
    }

    private sealed record JitterGolden(double[] Colours, JitterCase[] Cases);

    private sealed record JitterCase(double[] Factors, double[] Changed);
}
