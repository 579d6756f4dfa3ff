using Microsoft.ML.Distillation.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Data;

public class PixelTransformsTests
{
    [Theory]
    [InlineData(6, 5, 6, 5)]
    [InlineData(12, 7, 5, 4)]
    [InlineData(6, 5, 9, 11)]
    [InlineData(8, 9, 8, 3)]
    public void TheyResizeThenNormalise(int width, int height, int toWidth, int toHeight)
    {
        using var scope = NewDisposeScope();
        var normalization = ImageNormalization.ImageNet;
        using var view = new PixelTransforms(new(width, height), new(toWidth, toHeight), normalization, CPU);
        var bytes = new byte[2 * 3 * width * height];
        new Random(1).NextBytes(bytes);

        var actual = view.Apply(PixelTensor.Create(bytes, 2, new(width, height), CPU));

        var (rows, columns) = (Resampling.Weights(height, toHeight), Resampling.Weights(width, toWidth));
        var expected = new double[2 * 3 * toHeight * toWidth];
        for (var i = 0; i < expected.Length; i++)
        {
            var (x, y, plane) = (i % toWidth, i / toWidth % toHeight, i / toWidth / toHeight);
            var value = 0.0;
            for (var j = 0; j < height * width; j++)
                value += (double)rows[y * height + j / width] * columns[x * width + j % width] * bytes[plane * height * width + j];
            expected[i] = (value / 255 - normalization.Mean[plane % 3]) / normalization.Deviation[plane % 3];
        }
        Assert.Equal([2, 3, toHeight, toWidth], actual.shape);
        Numbers.Close(expected, Numbers.Of(actual), 1e-5);
    }

    [Fact]
    public void OneViewServesManyBatchesAndOutlivesScopes()
    {
        using var view = new PixelTransforms(new(4, 4), new(2, 2), ImageNormalization.Raw, CPU);
        for (var i = 1; i < 4; i++)
        {
            using var scope = NewDisposeScope();
            Assert.Equal(10 * i, view.Apply(full([1, 3, 4, 4], 10f * i)).mean().item<float>(), 1e-3);
        }
    }

    [Fact]
    public void BytesBecomeFloats()
    {
        using var scope = NewDisposeScope();
        var bytes = Enumerable.Range(0, 3 * 3 * 2 * 4).Select(i => (byte)(255 - i)).ToArray();

        var tensor = PixelTensor.Create(bytes, 2, new ImageSize(4, 2), CPU);

        Assert.Equal([2, 3, 2, 4], tensor.shape);
        Assert.Equal(ScalarType.Float32, tensor.dtype);
        Assert.Equal(bytes[..48].Select(b => (float)b), Numbers.Floats(tensor));
    }
}
