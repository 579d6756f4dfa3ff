using Microsoft.ML.Distillation.Students.Blocks;

namespace Microsoft.ML.Distillation.Students;

/// <summary>
/// EfficientNet-Lite0: EfficientNet-B0 (Tan and Le, 2019, https://arxiv.org/abs/1905.11946, table 1) made fit for phones and integers by its authors: no
/// squeeze-and-excitation, ReLU6 in place of swish (https://blog.tensorflow.org/2020/03/higher-accuracy-on-vision-models-with-efficientnet-lite.html).
/// </summary>
/// <remarks>
/// Padding is the same on both sides, where TensorFlow's own network pads the far side only at stride 2; ε of BatchNorm is the published 1e-3, its momentum .1
/// like all students here. Dropout and stochastic depth are left out.
/// </remarks>
internal static class EfficientNetLite
{
    private const int Stem = 32;
    private const int LastChannels = 1280;
    private const double Epsilon = 1e-3;

    public static ClassifierModule Lite0(int classCount)
    {
        MobileGroup[] groups =
        [
            new(1, 16, 1, 1), new(6, 24, 2, 2), new(6, 40, 2, 2, Kernel: 5), new(6, 80, 3, 2), new(6, 112, 3, 1, Kernel: 5), new(6, 192, 4, 2, Kernel: 5),
            new(6, 320, 1, 1),
        ];
        var stages = MobileBody.Build(Stem, Activation.Relu6, MobileBody.Rows(groups, Stem, Activation.Relu6), epsilon: Epsilon);
        var head = new BlockList(new ConvNorm(stages[^1].Info.Channels, LastChannels, 1, activation: Activation.Relu6, epsilon: Epsilon), new GlobalPool());
        return new StagedClassifier(nameof(EfficientNetLite), stages, head, LastChannels, classCount);
    }
}
