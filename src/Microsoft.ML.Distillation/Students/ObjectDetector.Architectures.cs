using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation;

// Parameters are counted at COCO's 80 classes.
public sealed partial class ObjectDetector
{
    /// <summary>All architectures, smallest of each family first.</summary>
    public static IReadOnlyList<ObjectDetector> All => _all ??= [YoloV5n, YoloV5s, YoloV5m, YoloV5l, YoloV5x];

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

    private static ObjectDetector Yolo(string name, double depth, double width) =>
        new(name, AnchorSet.YoloV5, (classes, anchors) => Students.Detection.YoloV5.Create(depth, width, classes, anchors));
}
