using Microsoft.ML.Distillation.Teachers;

namespace Microsoft.ML.Distillation.Tests.Teachers;

public class UnscoredChangesTests
{
    [Fact]
    public void AMirrorImageIsStillTheScoredOneAndNothingElseIs()
    {
        Assert.Empty(UnscoredChanges.Of(new ImageAugmentation { CropPadding = 0 }));
        Assert.Equal(
            ["CropPadding 2", "CutoutSize 3"],
            UnscoredChanges.Of(new ImageAugmentation { CropPadding = 2, CutoutSize = 3 }));
    }
}
