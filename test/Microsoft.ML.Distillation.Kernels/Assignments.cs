using BenchmarkDotNet.Attributes;
using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Students.Detection;
using static TorchSharp.torch;

namespace Kernels;

/// <summary>Which places learn which objects, and the losses on them with their gradients: 8 images of 320×320, 80 classes, 10 objects each.</summary>
public class Assignments : KernelGroup
{
    private readonly RetinaNetLossOptions _retina = new();
    private AnchorGrid? _grid;
    private YoloLoss? _yolo;
    private DetectionTargets? _targets;
    private IReadOnlyList<Tensor> _heads = [], _scores = [], _offsets = [];
    private Tensor? _anchors;

    [Benchmark]
    public long YoloAssignment()
    {
        using var scope = NewDisposeScope();
        return _grid!.Levels.Sum(level => YoloMatches.Find(_targets!, level, Scenes.Side / level.Stride, Scenes.Side / level.Stride, new YoloLossOptions().AnchorThreshold).Mask.numel());
    }

    [Benchmark]
    public float YoloLossAndGradients()
    {
        using var scope = NewDisposeScope();
        return Step(_yolo!.Compute(_heads, _targets!));
    }

    [Benchmark]
    public long RetinaNetAssignment()
    {
        using var scope = NewDisposeScope();
        return AnchorMatches.Find(_anchors!, _targets!.Padded(), _retina).Foreground.numel();
    }

    [Benchmark]
    public float RetinaNetLossAndGradients()
    {
        using var scope = NewDisposeScope();
        return Step(new RetinaNetLoss(_retina).Compute(_scores, _offsets, _anchors!, _targets!));
    }

    private protected override void Prepare()
    {
        _grid = DetectorShapes.Grid(AnchorSet.YoloV5);
        _yolo = new YoloLoss(new YoloLossOptions(), _grid, Scenes.Classes);
        _targets = Scenes.Targets();
        _heads = Of(AnchorSet.YoloV5, 5 + Scenes.Classes);
        (_scores, _offsets) = (Of(AnchorSet.RetinaNet, Scenes.Classes), Of(AnchorSet.RetinaNet, 4));
        _anchors = DetectorTaskLoss.Corners(AnchorSet.RetinaNet, Scenes.Size);

        // N×A×H×W of YOLO, N×H×W×A of RetinaNet.
        static List<Tensor> Of(AnchorSet anchors, int numbers) => [.. anchors.Strides.Select((_, level) => anchors.Cells(level, Scenes.Size)).Select(cells =>
            (anchors == AnchorSet.YoloV5
                ? Numbers(Scenes.Batch, anchors.PerCell, cells.Height, cells.Width, numbers)
                : Numbers(Scenes.Batch, cells.Height, cells.Width, anchors.PerCell, numbers)).requires_grad_())];
    }

    private protected override void Finish() => _yolo!.Dispose();
}
