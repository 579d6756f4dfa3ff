using Microsoft.ML.Distillation.Tests.Students;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Methods;

public class GlobalContextBlockTests
{
    [Fact]
    public void BlocksStartAsTheIdentityWithWeightsOfTheirOwn()
    {
        using var scope = NewDisposeScope();
        using var helper = FocalGlobalHelper.Create(Detectors.Context());
        var map = tensor(Numbers.Gaussian(2 * 6 * 4 * 3, seed: 3), [2, 6, 4, 3]);

        Assert.Equal(Numbers.Floats(map), Numbers.Floats(helper.StudentContexts[0].call(map)));
        Assert.Equal(Numbers.Floats(map), Numbers.Floats(helper.TeacherContexts[0].call(map)));
        var (student, teacher) = (Modules.Weights(helper.StudentContexts[0]), Modules.Weights(helper.TeacherContexts[0]));
        Assert.NotEqual(student["mask.weight"], teacher["mask.weight"]);
        Assert.NotEqual(student["reduce.weight"], teacher["reduce.weight"]);
        Assert.All(student["norm_weight"], w => Assert.Equal(1, w));
    }

    [Fact]
    public void ThePoolingsWeightsAreHeNormalByWhatComesIn()
    {
        var context = Detectors.Context() with { Teacher = Detectors.Shape(true, [2000, 4]) };
        using var helper = FocalGlobalHelper.Create(context);

        var deviation = Math.Sqrt(Modules.Weights(helper.StudentContexts[0])["mask.weight"].Average(w => (double)w * w));

        Assert.InRange(deviation / Math.Sqrt(2.0 / 2000), .9, 1.1);
    }

    [Fact]
    public void OneChannelWillDo()
    {
        using var scope = NewDisposeScope();
        using var block = new GlobalContextBlock(1);

        Assert.Equal([2, 1, 3, 3], block.call(ones(2, 1, 3, 3)).shape);
    }
}
