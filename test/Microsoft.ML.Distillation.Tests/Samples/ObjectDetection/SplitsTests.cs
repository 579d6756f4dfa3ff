using Samples.ObjectDetection.Data;

namespace Microsoft.ML.Distillation.Tests.Samples.ObjectDetection;

public class SplitsTests
{
    [Theory]
    [InlineData("train", nameof(Split.Train))]
    [InlineData("Training", nameof(Split.Train))]
    [InlineData("instances_train2017", nameof(Split.Train))]
    [InlineData("val", nameof(Split.Validation))]
    [InlineData("valid", nameof(Split.Validation))]
    [InlineData("VALIDATION-1", nameof(Split.Validation))]
    [InlineData("test", nameof(Split.Test))]
    [InlineData("trainval", nameof(Split.None))]
    [InlineData("train_test", nameof(Split.None))]
    [InlineData("contest", nameof(Split.None))]
    [InlineData("images", nameof(Split.None))]
    public void WordsTell(string name, string split) => Assert.Equal(split, Splits.Of(name).ToString());
}
