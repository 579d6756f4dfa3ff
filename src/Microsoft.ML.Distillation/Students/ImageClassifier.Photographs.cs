using Microsoft.ML.Distillation.Students;

namespace Microsoft.ML.Distillation;

// Maps are at strides 2, 4, 8, 16 and 32; parameters are counted at ImageNet's 1000 classes.
public sealed partial class ImageClassifier
{
    /// <summary>
    /// <c>resnet18</c>: ResNet of 18 layers (He et al., "Deep residual learning for image recognition", 2015, https://arxiv.org/abs/1512.03385), channels
    /// 64-64-128-256-512 at strides 2, 4, 8, 16, 32: 11,689,512 parameters at 1000 classes.
    /// </summary>
    public static ImageClassifier ResNet18 { get; } = Photographs("resnet18", ImageNetResNet.ResNet18);

    /// <summary><c>resnet34</c>: 34 layers, else as <see cref="ResNet18"/>: 21,797,672 parameters at 1000 classes.</summary>
    public static ImageClassifier ResNet34 { get; } = Photographs("resnet34", ImageNetResNet.ResNet34);

    /// <summary>
    /// <c>resnet50</c>: 50 layers in bottleneck blocks with the stride on their 3×3 convolution, channels 64-256-512-1024-2048 at strides 2, 4, 8, 16, 32:
    /// 25,557,032 parameters at 1000 classes.
    /// </summary>
    public static ImageClassifier ResNet50 { get; } = Photographs("resnet50", ImageNetResNet.ResNet50);

    /// <summary>
    /// <c>mobilenet_v2</c>: MobileNetV2 at width 1.0 (Sandler et al., 2018, https://arxiv.org/abs/1801.04381), channels 16-24-32-96-320 at strides
    /// 2, 4, 8, 16, 32, embedding 1280: 3,504,872 parameters at 1000 classes.
    /// </summary>
    public static ImageClassifier MobileNetV2 { get; } = Photographs("mobilenet_v2", Students.MobileNetV2.ImageNet);

    /// <summary>
    /// <c>mobilenet_v3_small</c>: MobileNetV3-Small at width 1.0 (Howard et al., 2019, https://arxiv.org/abs/1905.02244), channels 16-16-24-48-96 at strides
    /// 2, 4, 8, 16, 32, embedding 1024: 2,542,856 parameters at 1000 classes.
    /// </summary>
    public static ImageClassifier MobileNetV3Small { get; } = Photographs("mobilenet_v3_small", MobileNetV3.Small);

    /// <summary>
    /// <c>mobilenet_v3_large</c>: MobileNetV3-Large at width 1.0 (Howard et al., 2019, https://arxiv.org/abs/1905.02244), channels 16-24-40-112-160 at strides
    /// 2, 4, 8, 16, 32, embedding 1280: 5,483,032 parameters at 1000 classes.
    /// </summary>
    public static ImageClassifier MobileNetV3Large { get; } = Photographs("mobilenet_v3_large", MobileNetV3.Large);

    /// <summary>
    /// <c>efficientnet_lite0</c>: EfficientNet-Lite0 (Tan and Le, 2019, https://arxiv.org/abs/1905.11946, without squeeze-and-excitation and with ReLU6), channels
    /// 16-24-40-112-320 at strides 2, 4, 8, 16, 32, embedding 1280: 4,652,008 parameters at 1000 classes.
    /// </summary>
    public static ImageClassifier EfficientNetLite0 { get; } = Photographs("efficientnet_lite0", EfficientNetLite.Lite0);

    private static ImageClassifier Photographs(string name, Func<int, ClassifierModule> create) => new(name, 224, create);
}
