using BenchmarkDotNet.Attributes;
using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.Students.Detection;
using static TorchSharp.torch;

namespace Kernels;

/// <summary>Methods' losses for detectors and their gradients: 8 images of 320×320, 80 classes, 10 objects each, YOLOv5n from YOLOv5s.</summary>
public class DetectorLosses : KernelGroup
{
    private static readonly Dictionary<string, DetectionMethod> _methods = new DetectionMethod[] { new FocalGlobalDistillation(), new YoloFeatureDistillation(), new YoloOutputDistillation() }
        .ToDictionary(method => method.Name);

    private DetectionLoss? _loss;
    private DetectionLossInput? _input;

    public static IEnumerable<string> Methods => _methods.Keys;

    [ParamsSource(nameof(Methods))]
    public string Method { get; set; } = "";

    [Benchmark]
    public float LossAndGradients()
    {
        using var scope = NewDisposeScope();
        return Step(_loss!.Compute(_input!));
    }

    private protected override void Prepare()
    {
        var (small, large) = (Scenes.Yolo(64), Scenes.Yolo(128));
        _loss = _methods[Method].CreateLoss(new DetectionLossContext(small, large, Scenes.Size, Scenes.Batch, Seed: 1, CPU));
        var student = Output(small);
        _input = new DetectionLossInput(student, Output(large), Scenes.Targets());
        foreach (var tensor in student.Heads.Concat(student.Features))
            tensor.requires_grad_();
    }

    private protected override void Finish() => _loss!.Helper?.Dispose();

    private static DetectionOutput Output(DetectorShape shape) => new(
        [.. shape.Features.Select(map => Numbers(Scenes.Batch, AnchorSet.YoloV5.PerCell, map.Height, map.Width, 5 + Scenes.Classes))],
        [.. shape.Features.Select(map => Numbers(Scenes.Batch, map.Channels, map.Height, map.Width))]);
}
