using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.Onnx;

public class OnnxShapeOpsTests
{
    private static readonly float[] s_counted = [.. Enumerable.Range(0, 12).Select(i => (float)i)];

    [Fact]
    public void FlattenKeepsTheBatchAxis() => Assert.Equal(s_counted, OneNode.Run(s_counted, [2, 3, 1, 2], [2, 6], (g, v) => g.Flatten(v)));

    [Fact]
    public void ReshapeKeepsZerosAndInfersMinusOne() => Assert.Equal(s_counted, OneNode.Run(s_counted, [2, 3, 1, 2], [2, 2, 3], (g, v) => g.Reshape(v, [0, 2, -1])));

    [Fact]
    public void TransposePermutesTheAxes() =>
        Assert.Equal([0, 2, 4, 1, 3, 5], OneNode.Run(s_counted[..6], [1, 3, 2], [1, 2, 3], (g, v) => g.Transpose(v, [0, 2, 1])));

    [Fact]
    public void SliceTakesTheRangeOfEachAxis()
    {
        Assert.Equal([4, 5], OneNode.Run(s_counted[..6], [1, 6], [1, 2], (g, v) => g.Slice(v, [0, -2], [1, long.MaxValue])));
        Assert.Equal([1, 3], OneNode.Run(s_counted[..6], [1, 6], [1, 2], (g, v) => g.Slice(v, [1], [5], axes: [1], steps: [2])));
    }

    [Fact]
    public void PadFillsOrReflects()
    {
        Assert.Equal([9, 0, 1, 2, 9, 9], OneNode.Run(s_counted[..3], [1, 3], [1, 6], (g, v) => g.Pad(v, [0, 1, 0, 2], value: 9)));
        Assert.Equal([1, 0, 1, 2, 1, 0], OneNode.Run(s_counted[..3], [1, 3], [1, 6], (g, v) => g.Pad(v, [0, 1, 0, 2], mode: "reflect")));
    }

    [Fact]
    public void ConcatJoinsInOrder() =>
        Assert.Equal([0, 1, 0, -1, 2, 3, -2, -3], OneNode.Run(
            s_counted[..4], [2, 2], [2, 4], (g, v) => g.Concat([v, g.Mul(v, g.AddScalar("minus", -1))], axis: 1)));

    [Fact]
    public void DoubleRepeatsEachPixel() => Assert.Equal(
        [0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3], OneNode.Run(s_counted[..4], [1, 1, 2, 2], [1, 1, 4, 4], (g, v) => g.Double(v)));

    [Fact]
    public void GatherTakesPlacesOfAnAxisInTheirOrder() =>
        Assert.Equal([2, 0, 2, 5, 3, 5], OneNode.Run(s_counted[..6], [2, 3], [2, 3], (g, v) => g.Gather(v, [2, 0, 2], axis: 1)));
}
