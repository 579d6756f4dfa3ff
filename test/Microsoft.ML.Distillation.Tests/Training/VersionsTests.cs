using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.Tests.Training;

public class VersionsTests
{
    [Fact]
    public void EveryPartThatDecidesAResultIsNamed()
    {
        Assert.Equal(["Microsoft.ML.Distillation", "Microsoft.ML", "TorchSharp", "OnnxRuntime", ".NET"], Versions.All.Keys);
        Assert.All(Versions.All.Values, version => Assert.Matches(@"^(\d+\.\d+|offline stand-in$)", version));
    }
}
