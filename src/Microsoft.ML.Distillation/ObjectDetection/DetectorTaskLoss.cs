using Microsoft.ML.Distillation.Students.Detection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>The loss by the objects on the images that suits a detector: YOLO's or RetinaNet's.</summary>
internal sealed class DetectorTaskLoss : IDisposable
{
    private readonly YoloLoss? _yolo;
    private readonly RetinaNetLoss? _retina;
    private readonly Tensor? _anchors;

    public DetectorTaskLoss(DetectorNetwork student, ImageSize input, YoloLossOptions yolo, RetinaNetLossOptions retina, Device device)
    {
        if (student.IsYolo)
        {
            _yolo = new YoloLoss(yolo, DetectorShapes.Grid(student.Anchors), student.ClassCount);
            return;
        }
        _retina = new RetinaNetLoss(retina);
        using var scope = NewDisposeScope();
        _anchors = Corners(student.Anchors, input).to(device).DetachFromDisposeScope();
    }

    public IReadOnlyList<LossTerm> Compute(DetectionLossInput input) =>
        _yolo?.Compute(input.Student.Heads, input.Targets) ?? _retina!.Compute(input.Student.Heads, input.Student.Boxes, _anchors!, input.Targets);

    public void Dispose()
    {
        _yolo?.Dispose();
        _anchors?.Dispose();
    }

    /// <summary>x0 y0 x1 y1 of every anchor, R×4: level by level, each through its anchors, rows and columns.</summary>
    public static Tensor Corners(AnchorSet anchors, ImageSize input) => cat([.. anchors.Strides.Select((_, level) => Corners(anchors, level, anchors.Cells(level, input)))], 0);

    private static Tensor Corners(AnchorSet anchors, int level, ImageSize cells)
    {
        var centres = tensor(anchors.Places(level, cells, 0), [1, cells.Pixels, 2]);
        var halves = tensor(anchors.SizesOf(level, .5f), [anchors.PerCell, 1, 2]);
        return cat([centres - halves, centres + halves], 2).reshape(-1, 4);
    }
}
