using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation;

// Parameters are counted at COCO's 80 classes.
public sealed partial class ObjectDetector
{
    /// <summary>All architectures, smallest of each family first.</summary>
    public static IReadOnlyList<ObjectDetector> All => _all ??= 
    [
        YoloV5n, YoloV5s, YoloV5m, YoloV5l, YoloV5x, RetinaNetResNet18, RetinaNetResNet34, RetinaNetResNet50,
    ];

    /// <summary>
    /// <c>yolov5n</c>: YOLOv5 nano (Jocher et al., releases 6.x, https://doi.org/10.5281/zenodo.3908559), three anchors at each of strides 8, 16, 32 on a neck of
    /// 64, 128, 256 channels: 1,872,157 parameters at 80 classes.
    /// </summary>
    public static ObjectDetector YoloV5n { get; } = Yolo("yolov5n", .33, .25);

    /// <summary><c>yolov5s</c>: YOLOv5 small, a neck of 128, 256, 512 channels, else as <see cref="YoloV5n"/>: 7,235,389 parameters at 80 classes.</summary>
    public static ObjectDetector YoloV5s { get; } = Yolo("yolov5s", .33, .5);

    /// <summary><c>yolov5m</c>: YOLOv5 medium, a neck of 192, 384, 768 channels, else as <see cref="YoloV5n"/>: 21,190,557 parameters at 80 classes.</summary>
    public static ObjectDetector YoloV5m { get; } = Yolo("yolov5m", .67, .75);

    /// <summary><c>yolov5l</c>: YOLOv5 large, a neck of 256, 512, 1024 channels, else as <see cref="YoloV5n"/>: 46,563,709 parameters at 80 classes.</summary>
    public static ObjectDetector YoloV5l { get; } = Yolo("yolov5l", 1, 1);

    /// <summary><c>yolov5x</c>: YOLOv5 extra large, a neck of 320, 640, 1280 channels, else as <see cref="YoloV5n"/>: 86,749,405 parameters at 80 classes.</summary>
    public static ObjectDetector YoloV5x { get; } = Yolo("yolov5x", 1.33, 1.25);

    /// <summary>
    /// <c>retinanet_resnet18</c>: RetinaNet (Lin et al., "Focal loss for dense object detection", 2017, https://arxiv.org/abs/1708.02002) on a ResNet-18, nine anchors
    /// at each of strides 8, 16, 32, 64, 128 on a pyramid of 256 channels: 20,820,276 parameters at 80 classes.
    /// </summary>
    public static ObjectDetector RetinaNetResNet18 { get; } = Retina(18, Students.Detection.RetinaNet.PublishedWidth);

    /// <summary><c>retinanet_resnet34</c>: on a ResNet-34, else as <see cref="RetinaNetResNet18"/>: 30,928,436 parameters at 80 classes.</summary>
    public static ObjectDetector RetinaNetResNet34 { get; } = Retina(34, Students.Detection.RetinaNet.PublishedWidth);

    /// <summary>
    /// <c>retinanet_resnet50</c>: on a ResNet-50, else as <see cref="RetinaNetResNet18"/>: 33,839,924 parameters at 80 classes; at 91 classes, without BatchNorm's,
    /// torchvision's 34,014,999.
    /// </summary>
    public static ObjectDetector RetinaNetResNet50 { get; } = Retina(50, Students.Detection.RetinaNet.PublishedWidth);

    /// <summary>A RetinaNet with a pyramid of another width, named <c>retinanet_resnet18_w128</c>; most of a small backbone's detector is in its heads.</summary>
    /// <param name="depth">Layers of the ResNet: 18, 34 or 50.</param>
    /// <param name="width">Channels of the pyramid and of the heads, 8…1024; 256 gives the published form.</param>
    /// <returns>The architecture.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no ResNet of that depth here, or the width is out of range.</exception>
    public static ObjectDetector RetinaNet(int depth, int width)
    {
        if (depth is not (18 or 34 or 50))
            throw new ArgumentOutOfRangeException(nameof(depth), depth, "There is no RetinaNet on a ResNet of that depth. Choose 18, 34 or 50.");
        if (width is < 8 or > 1024)
            throw new ArgumentOutOfRangeException(nameof(width), width, "A pyramid's width must be in 8…1024.");
        return All.FirstOrDefault(a => a.Name == RetinaName(depth, width)) ?? Retina(depth, width);
    }

    private static ObjectDetector Retina(int depth, int width) => new(
        RetinaName(depth, width), AnchorSet.RetinaNet, (classes, anchors) => Students.Detection.RetinaNet.Create(depth, width, classes, anchors));

    private static string RetinaName(int depth, int width) =>
        $"retinanet_resnet{depth}{(width == Students.Detection.RetinaNet.PublishedWidth ? "" : $"_w{width}")}";

    /// <summary>The RetinaNet of another width that a name stands for; null where it stands for none.</summary>
    private static ObjectDetector? FindWidth(string name)
    {
        var match = WidthName().Match(name);
        return match.Success && int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) is >= 8 and <= 1024 and var width
            ? RetinaNet(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), width)
            : null;
    }

    [GeneratedRegex("^retinanet_resnet(18|34|50)_w([1-9][0-9]{0,3})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WidthName();

    private static ObjectDetector Yolo(string name, double depth, double width) =>
        new(name, AnchorSet.YoloV5, (classes, anchors) => Students.Detection.YoloV5.Create(depth, width, classes, anchors));
}
