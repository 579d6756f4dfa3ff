using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Students.Detection;
using static TorchSharp.torch;

namespace Kernels;

/// <summary>A batch of photographs with objects, as a detector meets them.</summary>
internal static class Scenes
{
    public const int Classes = 80, ObjectsEach = 10, Side = 320;

    public static int Batch { get; } = Sizes.Of(8);

    public static ImageSize Size { get; } = new(Side, Side);

    /// <summary>Objects of 10 to 160 pixels.</summary>
    public static DetectionTargets Targets()
    {
        var random = new CounterRandom(1, RandomPurpose.Augmentation);
        var rows = new List<float>();
        for (var i = 0; i < Batch * ObjectsEach; i++)
        {
            var box = Box(ref random);
            rows.AddRange([i % Batch, random.NextInt(Classes), .. box]);
        }
        return DetectionTargets.Create(tensor(rows.ToArray(), [Batch * ObjectsEach, 6]), Batch, CPU);
    }

    public static float[] Box(ref CounterRandom random)
    {
        var (width, height) = (10 + 150 * (float)random.NextDouble(), 10 + 150 * (float)random.NextDouble());
        var (x, y) = ((Side - width) * (float)random.NextDouble(), (Side - height) * (float)random.NextDouble());
        return [x, y, x + width, y + height];
    }

    /// <summary>A YOLOv5's shapes.</summary>
    /// <param name="channels">Of the neck's finest level; each one after has twice as many.</param>
    public static DetectorShape Yolo(int channels) => new(
        Classes,
        [.. Enumerable.Range(0, 3).Select(level => new MapShape($"{level}", channels << level, Side / (8 << level), Side / (8 << level)))],
        DetectorShapes.Grid(AnchorSet.YoloV5));
}
