using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers;

public class DetectorViewTests
{
    [Fact]
    public void NothingIsStretched()
    {
        using var scope = NewDisposeScope();
        using var view = new DetectorView(new(8, 4), new(4, 6), ImageNormalization.Raw, CPU);

        var pixels = view.Apply(full([1, 3, 4, 8], 200f));

        // 8×4 has room as 4×2; below it is black.
        Assert.Equal([1, 3, 6, 4], pixels.shape);
        Assert.Equal(Enumerable.Repeat(200f, 24), Numbers.Floats(pixels.narrow(2, 0, 2)), (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.Equal(Enumerable.Repeat(0f, 48), Numbers.Floats(pixels.narrow(2, 2, 4)));
        Assert.Equal((2, 2), view.ToStored);
    }

    [Theory]
    [InlineData(8, 4, 8, 4, 1, 1)]
    [InlineData(8, 4, 16, 8, .5f, .5f)]
    [InlineData(5, 3, 10, 10, .5f, .5f)]
    [InlineData(3, 5, 10, 10, .5f, .5f)]
    [InlineData(1000, 1, 10, 10, 100, 1)]
    public void BoxesGoBackByTheSidesThatWereTakenUp(int width, int height, int inputWidth, int inputHeight, float across, float down)
    {
        using var view = new DetectorView(new(width, height), new(inputWidth, inputHeight), ImageNormalization.Raw, CPU);

        Assert.Equal((across, down), view.ToStored);
    }

    [Fact]
    public void BlackIsNormalisedToo()
    {
        using var scope = NewDisposeScope();
        using var view = new DetectorView(new(4, 2), new(4, 4), ImageNormalization.Custom([.5f, .5f, .5f], [.25f, .25f, .25f]), CPU);

        var pixels = Numbers.Of(view.Apply(full([1, 3, 2, 4], 255f)).select(1, 0));

        Numbers.Within([.. Enumerable.Repeat(2.0, 8), .. Enumerable.Repeat(-2.0, 8)], pixels, 1e-5);
    }
}
