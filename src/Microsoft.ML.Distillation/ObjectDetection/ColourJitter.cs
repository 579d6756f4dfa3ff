using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>
/// Changes hue, saturation and brightness of whole batches. A colour of value v = max(r, g, b) and saturation s = (v − min) / v has channels v·(1 − s·clamp(min(k, 4 − k), 0, 1)),
/// where k = (n + 6·hue) mod 6 and n is 5, 3, 1 for red, green, blue: no cases to tell apart on the way back.
/// </summary>
internal static class ColourJitter
{
    /// <param name="pixels">N×3×H×W, RGB 0…255.</param>
    /// <param name="factors">N×3: what hue (as an angle), saturation and value are multiplied by; the hue goes round, the others end at their limits.</param>
    /// <returns>N×3×H×W, RGB 0…255.</returns>
    public static Tensor Apply(Tensor pixels, Tensor factors)
    {
        using var scope = NewDisposeScope();
        var (red, green, blue) = (pixels.narrow(1, 0, 1), pixels.narrow(1, 1, 1), pixels.narrow(1, 2, 1));
        var value = red.maximum(green).maximum(blue);
        var range = value - red.minimum(green).minimum(blue);
        var saturation = (range / value.clamp_min(Smallest) * Factor(factors, 1)).clamp(0, 1);
        var sixths = (Sixths(red, green, blue, value, range.clamp_min(Smallest)) * Factor(factors, 0)).remainder(6);
        value = (value * Factor(factors, 2)).clamp(0, 255);
        var depth = value * saturation;
        return cat([Channel(5), Channel(3), Channel(1)], 1).MoveToOuterDisposeScope();

        Tensor Channel(int n)
        {
            var k = (sixths + n).remainder(6);
            return value - depth * k.minimum(4 - k).clamp(0, 1);
        }
    }

    // Below a step between two bytes: grey and black have no hue, and a colour to divide by all the same.
    private const double Smallest = 1e-3;

    /// <summary>The hue in sixths of the circle, 0…6 with red at 0: by the largest channel, red before green before blue where they are equal.</summary>
    private static Tensor Sixths(Tensor red, Tensor green, Tensor blue, Tensor value, Tensor range) => where(
        red.eq(value), ((green - blue) / range).remainder(6),
        where(green.eq(value), (blue - red) / range + 2, (red - green) / range + 4));

    private static Tensor Factor(Tensor factors, int which) => factors.narrow(1, which, 1).view(-1, 1, 1, 1);
}
