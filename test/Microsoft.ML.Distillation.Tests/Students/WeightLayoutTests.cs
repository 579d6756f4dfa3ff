using Microsoft.ML.Distillation.Students;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Students;

public class WeightLayoutTests
{
    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void InBFloat16AConvolutionsWeightsLieChannelsLastAndStayWhatTheyAre(Precision precision)
    {
        using var scope = NewDisposeScope();
        using var own = ImageClassifier.ResNet8.CreateModule(Modules.Classes(3), seed: 5);
        using var same = ImageClassifier.ResNet8.CreateModule(Modules.Classes(3), seed: 5);

        WeightLayout.Prepare(own, precision);

        var weight = own.parameters().First(p => p.shape is [_, 16, 3, 3]);
        Assert.Equal(precision == Precision.BFloat16 ? [144, 1, 48, 16] : new long[] { 144, 9, 3, 1 }, weight.stride());
        Assert.True(weight.requires_grad);
        foreach (var (first, second) in own.parameters().Zip(same.parameters()))
            Assert.Equal(Numbers.Of(second), Numbers.Of(first));
    }
}
