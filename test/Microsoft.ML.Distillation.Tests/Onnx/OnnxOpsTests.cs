using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.Onnx;

/// <summary>Every operator helper: what ONNX Runtime computes from it against plain C#.</summary>
public class OnnxOpsTests
{
    [Theory]
    [InlineData(1, 1, 1, 1, false)]
    [InlineData(3, 1, 1, 1, true)]
    [InlineData(3, 2, 1, 1, true)]
    [InlineData(1, 2, 2, 1, true)]
    [InlineData(3, 1, 4, 2, false)]
    public void ConvIsTheSumOverEachWindow(int batch, int stride, int groups, int dilation, bool biased)
    {
        int[] shape = [batch, 4, 7, 6], kernel = [8, 4 / groups, 3, 3], pads = [1, 2, 0, 1];
        var x = PlainMath.Random(batch * 4 * 7 * 6, 1);
        var weight = PlainMath.Random(kernel.Aggregate((a, b) => a * b), 2);
        var bias = biased ? PlainMath.Random(8, 3) : null;
        var expected = PlainMath.Conv(x, shape, weight, kernel, bias, stride, pads, groups, dilation);
        int height = (7 + 1 - 2 * dilation - 1) / stride + 1, width = (6 + 3 - 2 * dilation - 1) / stride + 1;

        var y = OneNode.Run(x, shape, [batch, 8, height, width], (g, v) => g.Conv(
            v, g.AddInitializer("w", weight, [.. kernel.Select(k => (long)k)]), bias is null ? null : g.AddInitializer("b", bias, 8),
            [stride, stride], [.. pads.Select(p => (long)p)], groups, [dilation, dilation]));

        PlainMath.Close(expected, y);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void BatchNormalizationUsesTheStoredStatistics(int batch)
    {
        int[] shape = [batch, 3, 4, 5];
        var x = PlainMath.Random(batch * 60, 1);
        float[] scale = [1.5f, -.5f, 2], bias = [.1f, .2f, -.3f], mean = [.3f, -.1f, 0], variance = [.01f, 1, 4];
        var expected = PlainMath.PerChannel(x, shape, (v, c) => (v - mean[c]) / Math.Sqrt(variance[c] + .001) * scale[c] + bias[c]);

        var y = OneNode.Run(x, shape, shape, (g, v) => g.BatchNormalization(
            v, g.AddInitializer("s", scale, 3), g.AddInitializer("b", bias, 3), g.AddInitializer("m", mean, 3), g.AddInitializer("v", variance, 3), .001f));

        PlainMath.Close(expected, y);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void GemmWithTransBIsALinearLayer(int batch)
    {
        float[] x = PlainMath.Random(batch * 6, 1), weight = PlainMath.Random(24, 2), bias = PlainMath.Random(4, 3);

        var y = OneNode.Run(x, [batch, 6], [batch, 4], (g, v) => g.Gemm(v, g.AddInitializer("w", weight, 4, 6), g.AddInitializer("b", bias, 4), transB: true));

        PlainMath.Close(PlainMath.Linear(x, batch, weight, bias), y);
    }

    [Fact]
    public void GemmScalesBothTerms()
    {
        var y = OneNode.Run([1, 2], [1, 2], [1, 1], (g, v) => g.Gemm(v, g.AddInitializer("w", [3f, 5], 2, 1), g.AddInitializer("c", [7f], 1), alpha: 2, beta: 10));

        Assert.Equal([2 * 13 + 70f], y);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void PoolsReduceEachWindow(int batch)
    {
        int[] shape = [batch, 2, 7, 7], result = [batch, 2, 4, 4];
        var x = PlainMath.Random(batch * 98, 1);
        double[] Expected(Func<double[], double> reduce) => PlainMath.Pool(x, shape, 3, 2, 1, reduce);

        PlainMath.Close(Expected(w => w.Where(v => !double.IsNaN(v)).Max()), OneNode.Run(x, shape, result, (g, v) => g.MaxPool(v, [3, 3], [2, 2], OnnxOps.Pads(1, 1))));
        PlainMath.Close(Expected(w => w.Where(v => !double.IsNaN(v)).Sum() / 9), OneNode.Run(x, shape, result, (g, v) => g.AveragePool(v, [3, 3], [2, 2], OnnxOps.Pads(1, 1))));
        PlainMath.Close(
            Expected(w => w.Where(v => !double.IsNaN(v)).Average()),
            OneNode.Run(x, shape, result, (g, v) => g.AveragePool(v, [3, 3], [2, 2], OnnxOps.Pads(1, 1), countIncludePad: false)));
        PlainMath.Close(
            x.Chunk(49).Select(plane => plane.Average(v => (double)v)), OneNode.Run(x, shape, [batch, 2, 1, 1], (g, v) => g.GlobalAveragePool(v)));
    }

    [Fact]
    public void CeilModeKeepsTheLastPartialWindow()
    {
        float[] x = [1, 2, 3, 4, 5];

        Assert.Equal([2, 4], OneNode.Run(x, [1, 1, 1, 5], [1, 1, 1, 2], (g, v) => g.MaxPool(v, [1, 2], [1, 2])));
        Assert.Equal([2, 4, 5], OneNode.Run(x, [1, 1, 1, 5], [1, 1, 1, 3], (g, v) => g.MaxPool(v, [1, 2], [1, 2], ceilMode: true)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void SoftmaxIsTakenOverTheLastAxis(int batch)
    {
        var x = PlainMath.Random(batch * 5, 1).Select(v => v * 20).ToArray();

        PlainMath.Close(PlainMath.Softmax(x, batch), OneNode.Run(x, [batch, 5], [batch, 5], (g, v) => g.Softmax(v)));
    }

    public static TheoryData<string, float[]> Elementwise => new()
    {
        { nameof(OnnxOps.Relu), [0, 0, .5f, 8] },
        { nameof(OnnxOps.Sigmoid), [1 / (1 + MathF.Exp(4)), .5f, 1 / (1 + MathF.Exp(-.5f)), 1 / (1 + MathF.Exp(-8))] },
        { nameof(OnnxOps.HardSwish), [0, 0, .5f * 3.5f / 6, 8] },
        { nameof(OnnxOps.HardSigmoid), [0, .5f, 3.5f / 6, 1] },
        { nameof(OnnxOps.Identity), [-4, 0, .5f, 8] },
        { nameof(OnnxOps.Add), [-2, 2, 2.5f, 10] },
        { nameof(OnnxOps.Sub), [-6, -2, -1.5f, 6] },
        { nameof(OnnxOps.Mul), [-8, 0, 1, 16] },
        { nameof(OnnxOps.Div), [-2, 0, .25f, 4] },
        { "Clip", [-1, 0, .5f, 6] },
        { "Clip from below", [-1, 0, .5f, 8] },
        { "Clip from above", [-4, 0, .5f, 6] },
    };

    [Theory]
    [MemberData(nameof(Elementwise))]
    public void ElementwiseOperatorsGiveTheirDefinition(string op, float[] expected)
    {
        var y = OneNode.Run([-4, 0, .5f, 8], [1, 4], [1, 4], (g, v) => op switch
        {
            nameof(OnnxOps.Relu) => g.Relu(v),
            nameof(OnnxOps.Sigmoid) => g.Sigmoid(v),
            nameof(OnnxOps.HardSwish) => g.HardSwish(v),
            nameof(OnnxOps.HardSigmoid) => g.HardSigmoid(v),
            nameof(OnnxOps.Identity) => g.Identity(v),
            nameof(OnnxOps.Add) => g.Add(v, g.AddScalar("two", 2)),
            nameof(OnnxOps.Sub) => g.Sub(v, g.AddScalar("two", 2)),
            nameof(OnnxOps.Mul) => g.Mul(v, g.AddScalar("two", 2)),
            nameof(OnnxOps.Div) => g.Div(v, g.AddScalar("two", 2)),
            "Clip" => g.Clip(v, -1, 6),
            "Clip from below" => g.Clip(v, -1, null),
            "Clip from above" => g.Clip(v, null, 6),
            _ => throw new ArgumentOutOfRangeException(op),
        });

        PlainMath.Close(expected.Select(v => (double)v), y, 1e-6);
    }

    [Fact]
    public void CastToInt64GivesIntegers()
    {
        var y = OneNode.RunTensor([1, -2, 3.75f], [1, 3], [1, 3], OnnxElementType.Int64, (g, v) => g.Cast(v, OnnxElementType.Int64));

        Assert.True(y.IsInteger);
        Assert.Equal([1, -2, 3], y.Integers);
    }

    [Fact]
    public void MatMulMultipliesMatrices() =>
        Assert.Equal([1 * 5 + 2 * 7, 1 * 6 + 2 * 8f], OneNode.Run([1, 2], [1, 2], [1, 2], (g, v) => g.MatMul(v, g.AddInitializer("w", [5f, 6, 7, 8], 2, 2))));
}
