using Microsoft.ML.Distillation.Students.Blocks;

namespace Microsoft.ML.Distillation.Students;

/// <summary>
/// Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018, https://arxiv.org/abs/1801.04381, table 2. Maps end linearly but for a stem's;
/// the embedding is the 1280 channels of the last 1×1 convolution, averaged over space. The dropout before the classifier is left out.
/// </summary>
internal static class MobileNetV2
{
    private const int LastChannels = 1280;

    /// <summary>The paper's network at width 1.0: ReLU6, strides 2 to 32.</summary>
    public static ClassifierModule ImageNet(int classCount)
    {
        MobileGroup[] groups =
            [new(1, 16, 1, 1), new(6, 24, 2, 2), new(6, 32, 3, 2), new(6, 64, 4, 2), new(6, 96, 3, 1), new(6, 160, 3, 2), new(6, 320, 1, 1)];
        return Create(MobileBody.Build(32, Activation.Relu6, MobileBody.Rows(groups, 32, Activation.Relu6)), Activation.Relu6, classCount);
    }

    /// <summary>
    /// RepDistiller's <c>MobileNetV2</c> for 32×32 images, its <c>mobile_half</c>: half as wide but for the last convolution, plain ReLU, an expansion in every block,
    /// and no stride in the second group: strides 2 to 16.
    /// </summary>
    public static ClassifierModule Cifar(int classCount)
    {
        MobileGroup[] groups =
            [new(1, 8, 1, 1), new(6, 12, 2, 1), new(6, 16, 3, 2), new(6, 32, 4, 2), new(6, 48, 3, 1), new(6, 80, 3, 2), new(6, 160, 1, 1)];
        var rows = MobileBody.Rows(groups, 16, Activation.Relu, alwaysExpands: true);
        return Create(MobileBody.Build(16, Activation.Relu, rows, stemAlone: true), Activation.Relu, classCount);
    }

    private static StagedClassifier Create(Stage[] stages, Activation activation, int classCount)
    {
        var head = new BlockList(new ConvNorm(stages[^1].Info.Channels, LastChannels, 1, activation: activation), new GlobalPool());
        return new StagedClassifier(nameof(MobileNetV2), stages, head, LastChannels, classCount);
    }
}
