using Microsoft.ML.Distillation.Students;

namespace Microsoft.ML.Distillation;

// Parameters are counted at 100 classes, as the literature does; a class more or less is a row of the last layer.
public sealed partial class ImageClassifier
{
    /// <summary>CIFAR ResNet of depth 8, channels 16-16-32-64: 78,042 parameters at 10 classes.</summary>
    public static ImageClassifier ResNet8 { get; } = Small("resnet8", n => new CifarResNet(8, [16, 16, 32, 64], n));

    /// <summary>CIFAR ResNet of depth 14, channels 16-16-32-64.</summary>
    public static ImageClassifier ResNet14 { get; } = Small("resnet14", n => new CifarResNet(14, [16, 16, 32, 64], n));

    /// <summary>CIFAR ResNet of depth 20, channels 16-16-32-64.</summary>
    public static ImageClassifier ResNet20 { get; } = Small("resnet20", n => new CifarResNet(20, [16, 16, 32, 64], n));

    /// <summary>CIFAR ResNet of depth 32, channels 16-16-32-64.</summary>
    public static ImageClassifier ResNet32 { get; } = Small("resnet32", n => new CifarResNet(32, [16, 16, 32, 64], n));

    /// <summary>CIFAR ResNet of depth 44, channels 16-16-32-64.</summary>
    public static ImageClassifier ResNet44 { get; } = Small("resnet44", n => new CifarResNet(44, [16, 16, 32, 64], n));

    /// <summary>CIFAR ResNet of depth 56, channels 16-16-32-64.</summary>
    public static ImageClassifier ResNet56 { get; } = Small("resnet56", n => new CifarResNet(56, [16, 16, 32, 64], n));

    /// <summary>CIFAR ResNet of depth 110, channels 16-16-32-64.</summary>
    public static ImageClassifier ResNet110 { get; } = Small("resnet110", n => new CifarResNet(110, [16, 16, 32, 64], n));

    /// <summary>CIFAR ResNet of depth 8, four times as wide: channels 32-64-128-256.</summary>
    public static ImageClassifier ResNet8x4 { get; } = Small("resnet8x4", n => new CifarResNet(8, [32, 64, 128, 256], n));

    /// <summary>CIFAR ResNet of depth 32, four times as wide: channels 32-64-128-256.</summary>
    public static ImageClassifier ResNet32x4 { get; } = Small("resnet32x4", n => new CifarResNet(32, [32, 64, 128, 256], n));

    /// <summary>
    /// <c>resnet50_cifar</c>: the ImageNet ResNet-50 behind a 3×3 stem of stride 1 without pooling (RepDistiller's <c>ResNet50</c>), channels
    /// 64-256-512-1024-2048 at strides 1, 1, 2, 4, 8: 23,705,252 parameters at 100 classes. A teacher rather than a student.
    /// </summary>
    public static ImageClassifier ResNet50Cifar { get; } = Small("resnet50_cifar", ImageNetResNet.ResNet50Cifar);

    /// <summary>
    /// <c>wrn_16_1</c>: Wide ResNet of depth 16 and width 1 (Zagoruyko and Komodakis, "Wide residual networks", 2016, https://arxiv.org/abs/1605.07146), channels
    /// 16-16-32-64 at strides 1, 1, 2, 4: 180,916 parameters at 100 classes. Its maps are the sums its groups end in, without an activation.
    /// </summary>
    public static ImageClassifier WideResNet16x1 { get; } = Small("wrn_16_1", n => WideResNet.Create(16, 1, n));

    /// <summary><c>wrn_16_2</c>: depth 16, twice as wide, channels 16-32-64-128: 703,284 parameters at 100 classes; else as <see cref="WideResNet16x1"/>.</summary>
    public static ImageClassifier WideResNet16x2 { get; } = Small("wrn_16_2", n => WideResNet.Create(16, 2, n));

    /// <summary><c>wrn_40_1</c>: depth 40, channels 16-16-32-64: 569,780 parameters at 100 classes; else as <see cref="WideResNet16x1"/>.</summary>
    public static ImageClassifier WideResNet40x1 { get; } = Small("wrn_40_1", n => WideResNet.Create(40, 1, n));

    /// <summary><c>wrn_40_2</c>: depth 40, twice as wide, channels 16-32-64-128: 2,255,156 parameters at 100 classes; else as <see cref="WideResNet16x1"/>.</summary>
    public static ImageClassifier WideResNet40x2 { get; } = Small("wrn_40_2", n => WideResNet.Create(40, 2, n));

    /// <summary>
    /// <c>vgg8</c>: VGG (Simonyan and Zisserman, 2014, https://arxiv.org/abs/1409.1556) with BatchNorm and one convolution in each of five groups, channels
    /// 64-128-256-512-512 at strides 1, 2, 4, 8, 8, one linear layer: 3,965,028 parameters at 100 classes.
    /// </summary>
    public static ImageClassifier Vgg8 { get; } = Small("vgg8", n => Vgg.Create([1, 1, 1, 1, 1], n));

    /// <summary><c>vgg13</c>: two convolutions in each group, else as <see cref="Vgg8"/>: 9,462,180 parameters at 100 classes.</summary>
    public static ImageClassifier Vgg13 { get; } = Small("vgg13", n => Vgg.Create([2, 2, 2, 2, 2], n));

    /// <summary>
    /// <c>mobilenet_v2_cifar</c>: RepDistiller's <c>MobileNetV2</c> (<c>mobile_half</c>: expansion 6, width 0.5; Sandler et al., 2018,
    /// https://arxiv.org/abs/1801.04381), channels 16-12-16-48-160 at strides 2, 2, 4, 8, 16, embedding 1280: 812,836 parameters at 100 classes.
    /// The literature trains it at a learning rate of 0.01.
    /// </summary>
    public static ImageClassifier MobileNetV2Cifar { get; } = Small("mobilenet_v2_cifar", Students.MobileNetV2.Cifar);

    /// <summary>
    /// <c>shufflenet_v1_cifar</c>: RepDistiller's <c>ShuffleV1</c> (Zhang et al., 2017, https://arxiv.org/abs/1707.01083; 3 groups), channels 24-240-480-960 at
    /// strides 1, 2, 4, 8: 949,258 parameters at 100 classes.
    /// The literature trains it at a learning rate of 0.01.
    /// </summary>
    public static ImageClassifier ShuffleNetV1Cifar { get; } = Small("shufflenet_v1_cifar", ShuffleNetV1.Cifar);

    /// <summary>
    /// <c>shufflenet_v2_cifar</c>: RepDistiller's <c>ShuffleV2</c> (Ma et al., 2018, https://arxiv.org/abs/1807.11164; 1×), channels 24-116-232-464 at strides
    /// 1, 2, 4, 8, embedding 1024: 1,355,528 parameters at 100 classes.
    /// The literature trains it at a learning rate of 0.01.
    /// </summary>
    public static ImageClassifier ShuffleNetV2Cifar { get; } = Small("shufflenet_v2_cifar", ShuffleNetV2.Cifar);

    private static ImageClassifier Small(string name, Func<int, ClassifierModule> create) => new(name, 32, create);
}
