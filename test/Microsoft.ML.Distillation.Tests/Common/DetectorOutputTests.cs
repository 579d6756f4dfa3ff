using Microsoft.ML.Distillation.Common;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Common;

public class DetectorOutputTests
{
    [Fact]
    public void ALevelsPartsAreViewsOfTheRawTensor()
    {
        using var scope = NewDisposeScope();
        var raw = arange(0, 2 * 3 * 1 * 2 * 7, ScalarType.Float32).reshape(2, 3, 1, 2, 7);

        var level = DetectorLevel.FromRaw(raw);

        Assert.Equal([2, 3, 1, 2], level.Objectness!.shape);
        Assert.Equal([2, 3, 1, 2, 2], level.Classes.shape);
        Assert.Equal([7, 8, 9, 10], Numbers.Of(level.Boxes[0, 0, 0, 1]));
        Assert.Equal(11, level.Objectness[0, 0, 0, 1].item<float>());
        Assert.Equal([12, 13], Numbers.Of(level.Classes[0, 0, 0, 1]));
    }

    [Fact]
    public void AllItsTensorsCanOutliveTheScope()
    {
        using var outer = NewDisposeScope();
        DetectorOutput output;
        using (NewDisposeScope())
        {
            var apart = new DetectorLevel(ones([1, 1, 1, 1, 4]), null, ones([1, 1, 1, 1, 2]));
            output = new DetectorOutput([DetectorLevel.FromRaw(ones([1, 1, 1, 1, 7])), apart], [ones(1)], [ones(2), ones(3)]).MoveToOuterDisposeScope();
        }

        var tensors = output.Levels.SelectMany(l => l.Tensors).Concat(output.Neck).Concat(output.Backbone).ToList();
        Assert.Equal(4 + 2 + 1 + 2, tensors.Count);
        Assert.All(tensors, t => Assert.False(t.IsInvalid));
    }
}
