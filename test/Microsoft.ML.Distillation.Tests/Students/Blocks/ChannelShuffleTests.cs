using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Blocks;
using Microsoft.ML.Distillation.Tests.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Students.Blocks;

public class ChannelShuffleTests
{
    // Six channels of two pixels each: channel c holds 10c and 10c + 1.
    private static readonly float[] Counted = [.. Enumerable.Range(0, 12).Select(i => (float)(i / 2 * 10 + i % 2))];

    [Theory]
    [InlineData(1, 0, 1, 2, 3, 4, 5)]
    [InlineData(2, 0, 3, 1, 4, 2, 5)]
    [InlineData(3, 0, 2, 4, 1, 3, 5)]
    public void ChannelsAreDealtOut(int groups, params int[] order)
    {
        using var scope = NewDisposeScope();
        var expected = order.SelectMany(c => new[] { 10f * c, 10f * c + 1 }).ToArray();

        Assert.Equal(expected, Numbers.Floats(ChannelShuffle.Apply(tensor(Counted, [1, 6, 1, 2]), groups)));
        Assert.Equal(expected, Numbers.Floats(ChannelShuffle.Apply(tensor(Counted, [1, 6, 1, 2]).permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2), groups)));
        Assert.Equal(expected, OneNode.Run(Counted, [1, 6, 1, 2], [1, 6, 1, 2], (g, v) => g.Identity(ChannelShuffle.WriteOnnx(g, v, 6, groups, "shuffle"))));
    }
}
