using Microsoft.ML.Distillation.Reports;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Reports;

public class AttentionPictureTests
{
    [Fact]
    public void TheMapIsTheMeanOfTheLastTwoStagesScaledToOne()
    {
        using var scope = NewDisposeScope();
        // Σ|F|² over channels: 1 and 5 at the left and right; then 4 and 0.
        var first = tensor(new float[] { 1, -2, 0, 1 }, [1, 2, 1, 2]);
        var second = tensor(new float[] { -2, 0 }, [1, 1, 1, 2]);
        var ignored = tensor(new float[] { 100, 0 }, [1, 1, 1, 2]);

        Assert.Equal([.5f, .5f], AttentionPicture.Map([ignored, first, second], new ImageSize(2, 1)));
        Assert.Equal([0f, 1f], AttentionPicture.Map([first], new ImageSize(2, 1)));
    }

    [Fact]
    public void SmallMapsAreSpreadOverTheImage()
    {
        using var scope = NewDisposeScope();
        var map = AttentionPicture.Map([tensor(new float[] { 0, 1, 0, 1 }, [1, 1, 2, 2])], new ImageSize(4, 2));

        // Bilinear with pixel centres at ½: 0, ¼, ¾, 1 across, the same in both rows.
        Numbers.Within([0, .25, .75, 1, 0, .25, .75, 1], [.. map.Doubles()], 1e-6);
    }

    [Fact]
    public void AMapOfOneValueIsNoAttention()
    {
        using var scope = NewDisposeScope();

        Assert.Equal([0f, 0f, 0f, 0f], AttentionPicture.Map([ones(1, 3, 1, 1)], new ImageSize(2, 2)));
    }

    [Fact]
    public void WhereThereIsNoAttentionTheImageIsGreyAndElsewhereItIsOrange()
    {
        var over = AttentionPicture.Overlay([30, 0, 60, 0, 90, 0], [0, 1]);

        Numbers.Within([60, .75 * 255, 60, .75 * 110, 60, 0], [.. over.Doubles()], 1e-4);
    }
}
