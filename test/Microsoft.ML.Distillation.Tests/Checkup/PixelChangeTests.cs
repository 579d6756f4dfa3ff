using Microsoft.ML.Distillation.Checkup;
using Microsoft.ML.Distillation.Data;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Checkup;

public class PixelChangeTests
{
    // What a network sees of changed pixels through its own normalisation is what it would see of the real ones through the other.
    [Fact]
    public void ANetworkSeesTheOtherNormalisation()
    {
        var size = new ImageSize(3, 2);
        foreach (var own in ImageNormalization.Presets)
        {
            foreach (var other in ImageNormalization.Presets)
            {
                foreach (var swapped in new[] { false, true })
                {
                    using var scope = NewDisposeScope();
                    var pixels = arange(0, 36 * 7, 7).to(ScalarType.Float32).reshape(2, 3, 2, 3);
                    using var asOwn = new PixelTransforms(size, size, own, CPU);
                    using var asOther = new PixelTransforms(size, size, other, CPU);

                    var expected = asOther.Apply(pixels);
                    var seen = asOwn.Apply(new PixelChange(own, other, swapped).Apply(pixels));

                    Numbers.Close(Numbers.Of(swapped ? expected.flip(1) : expected), Numbers.Of(seen), 1e-5);
                }
            }
        }
    }
}
