using Microsoft.ML.Distillation.Common;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class ExitBottleneckTests
{
    [Theory]
    [InlineData(16, 16, 4, 4, 2)]
    [InlineData(13, 7, 4, 2, 2)]
    [InlineData(5, 5, 5, 5, 0)]
    [InlineData(3, 1, 1, 1, 2)]
    [InlineData(15, 15, 5, 5, null)]
    [InlineData(8, 8, 4, 8, null)]
    [InlineData(4, 4, 8, 8, null)]
    public void SizesAreHalvedRoundingUp(int height, int width, int toHeight, int toWidth, int? halvings) =>
        Assert.Equal(halvings, new MapShape("a", 4, height, width).HalvingsTo(new("b", 8, toHeight, toWidth)));

    [Theory]
    [InlineData(16, 16, 4, 4)]
    [InlineData(13, 7, 4, 2)]
    [InlineData(5, 5, 5, 5)]
    [InlineData(9, 9, 2, 2)]
    public void AMapGetsTheDeepestsShape(int height, int width, int toHeight, int toWidth)
    {
        using var scope = NewDisposeScope();
        using var bottleneck = new ExitBottleneck(new("a", 4, height, width), new("b", 10, toHeight, toWidth));

        var map = bottleneck.call(randn(2, 4, height, width));

        Assert.Equal([2, 10, toHeight, toWidth], map.shape);
    }

    [Fact]
    public void TheMiddleIsNarrow()
    {
        string[] Convolutions(MapShape from, MapShape to)
        {
            using var bottleneck = new ExitBottleneck(from, to);
            return [.. bottleneck.named_parameters().Where(p => p.Item2.dim() == 4).Select(p => $"{p.Item1} {string.Join('×', p.Item2.shape)}")];
        }

        Assert.Equal(
            ["conv1.weight 16×20×1×1", "conv2.weight 16×16×3×3", "conv3.weight 16×16×3×3", "conv4.weight 64×16×1×1"],
            Convolutions(new("a", 20, 32, 32), new("b", 64, 8, 8)));
        Assert.Equal(
            ["conv1.weight 3×20×1×1", "conv2.weight 3×3×3×3", "conv3.weight 10×3×1×1"], Convolutions(new("a", 20, 8, 8), new("b", 10, 8, 8)));
    }

    [Fact]
    public void WhatCantBeHalvedIsAnError() => Assert.Equal(
        "a 4×15×15 can't be halved to b 4×5×5. (Parameter 'to')",
        Assert.Throws<ArgumentException>(() => new ExitBottleneck(new("a", 4, 15, 15), new("b", 4, 5, 5))).Message);
}
