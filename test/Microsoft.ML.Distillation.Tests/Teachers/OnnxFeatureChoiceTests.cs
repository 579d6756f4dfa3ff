using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Teachers;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public class OnnxFeatureChoiceTests
{
    [Theory]
    [InlineData("32 32 16 16 8", "1 3 4")]
    [InlineData("32p 16p 16 8", "2 3")] // pixels that no convolution has seen
    [InlineData("32 32s 32s 16", "0 3")] // no map within a residual block
    [InlineData("32s 32s 16s", "1 2")] // a size without a bottleneck gives the last computed
    [InlineData("32 33f 16 17f 8", "0 2 4")] // padding makes no new size, and is no feature
    [InlineData("149 147 147 73 71 35", "2 4 5")] // unpadded convolutions make none either
    [InlineData("16 8s 16s 8s 8", "0 4")] // branches that fall one after the other
    [InlineData("16 1 1 16 8", "3 4")] // squeezed and excited
    [InlineData("4 1", "0")]
    [InlineData("1", "")]
    [InlineData("", "")]
    public void TheLastOfEachSizeIsChosen(string sizes, string chosen)
    {
        var maps = sizes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Map).ToList();

        Assert.Equal(chosen.Split(' ', StringSplitOptions.RemoveEmptyEntries), OnnxFeatureChoice.Choose(maps));
    }

    [Fact]
    public void OneSideIsEnoughForAChange() => Assert.Equal(["0", "1"], OnnxFeatureChoice.Choose([Map("16", 0), Map("16", 1) with { Shape = new("1", 4, 8, 16) }]));

    /// <summary>A square map: its side, then s for one that a shortcut bypasses, p for one of pixels alone, f for one that only has another form.</summary>
    private static OnnxMap Map(string text, int place)
    {
        var (side, mark) = (int.Parse(text.TrimEnd('s', 'p', 'f'), System.Globalization.CultureInfo.InvariantCulture), text[^1]);
        var tensor = new OnnxFlowTensor($"{place}", new NodeProto { OpType = mark == 'f' ? "Pad" : "Relu" }, Bottleneck: mark != 's', Convolved: mark != 'p');
        return new(tensor, new MapShape($"{place}", 4, side, side), ChannelsLast: false);
    }
}
