using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Tests.Common;

public class NearNamesTests
{
    [Fact]
    public void TheNearestComeFirstAndAtMostFive()
    {
        string[] known = ["zebra", "layer3.relu", "layer1.relu", "layer2.relu", "layer2.relu", "stem", "head", "LAYER2.RELU_0"];

        Assert.Equal("'layer2.relu', 'layer3.relu', 'layer1.relu', 'LAYER2.RELU_0', 'zebra'", NearNames.List("layer2.rel", known));
        Assert.Equal("", NearNames.List("a", []));
    }
}
