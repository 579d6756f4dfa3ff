using Microsoft.ML.Distillation.ObjectDetection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class YoloLogitsTests
{
    private static readonly AnchorGrid Grid = new([new AnchorLevel(8, [(7, 9), (12, 8)]), new AnchorLevel(16, [(28, 40)])]);
    private static readonly ImageSize Input = new(48, 32);

    [Fact]
    public void TheyAreTheHeadsThatWereDecoded()
    {
        using var scope = NewDisposeScope();
        var heads = new[] { Raw(2, 4, 6, seed: 1), Raw(1, 2, 3, seed: 2) };
        var decoded = cat([.. heads.Zip(Grid.Levels, Decode)], 1);

        var levels = YoloLogits.FromDecoded(decoded, Grid, Input);

        Assert.Equal(2, levels.Count);
        foreach (var (head, level) in heads.Zip(levels))
        {
            Assert.Equal(head.shape, level.shape);
            Numbers.Close(Numbers.Of(head), Numbers.Of(level), 1e-9);
        }
    }

    [Theory]
    [InlineData(0, -13.815509557964)]
    [InlineData(1, 13.815509557964)]
    [InlineData(.5, 0)]
    public void ProbabilitiesAreKeptAwayFromCertainty(double probability, double logit) =>
        Assert.Equal(logit, YoloLogits.Of(tensor(new[] { probability })).item<double>(), 9);

    [Fact]
    public void BoxesThatNoHeadCanGiveStayFinite()
    {
        using var scope = NewDisposeScope();
        var decoded = zeros(1, 54, 6);
        decoded.narrow(1, 0, 20).fill_(1e4);
        decoded.narrow(1, 20, 20).fill_(-1e4);

        Assert.All(YoloLogits.FromDecoded(decoded, Grid, Input).SelectMany(Numbers.Of), value => Assert.InRange(value, -14, 14));
    }

    [Fact]
    public void PredictionsOfAnotherSizeAreRefused() => Assert.Equal(
        "Decoded predictions are 1×55×6; at 48×32 these anchors give N×54×(5+classes): stride 8: 7,9 12,8; stride 16: 28,40. (Parameter 'decoded')",
        Assert.Throws<ArgumentException>(() => YoloLogits.FromDecoded(zeros(1, 55, 6), Grid, Input)).Message);

    [Fact]
    public void AnchorsMatchUpToRounding()
    {
        Assert.True(Grid.Matches(new AnchorGrid([new AnchorLevel(8, [(7.001, 9), (12, 8)]), Grid.Levels[1]])));
        Assert.False(Grid.Matches(new AnchorGrid([new AnchorLevel(8, [(7.1, 9), (12, 8)]), Grid.Levels[1]])));
        Assert.False(Grid.Matches(new AnchorGrid([new AnchorLevel(8, [(7, 9)]), Grid.Levels[1]])));
        Assert.False(Grid.Matches(new AnchorGrid([new AnchorLevel(4, [(7, 9), (12, 8)]), Grid.Levels[1]])));
        Assert.False(Grid.Matches(new AnchorGrid([Grid.Levels[0]])));
    }

    private static Tensor Raw(long anchors, long height, long width, int seed) =>
        tensor(Numbers.Gaussian((int)(2 * anchors * height * width * 7), seed)).to(ScalarType.Float64).reshape(2, anchors, height, width, 7) * 2;

    // Cell by cell, as the formula says.
    private static Tensor Decode(Tensor head, AnchorLevel level)
    {
        var decoded = head.sigmoid();
        for (var a = 0; a < level.Anchors.Count; a++)
        {
            for (var y = 0; y < head.shape[2]; y++)
            {
                for (var x = 0; x < head.shape[3]; x++)
                {
                    var (row, s) = (decoded[.., a, y, x], head[.., a, y, x].sigmoid());
                    row.select(1, 0).copy_((s.select(1, 0) * 2 - .5 + x) * level.Stride);
                    row.select(1, 1).copy_((s.select(1, 1) * 2 - .5 + y) * level.Stride);
                    row.select(1, 2).copy_((s.select(1, 2) * 2).pow(2) * level.Anchors[a].Width);
                    row.select(1, 3).copy_((s.select(1, 3) * 2).pow(2) * level.Anchors[a].Height);
                }
            }
        }
        return decoded.reshape(2, -1, 7);
    }
}
