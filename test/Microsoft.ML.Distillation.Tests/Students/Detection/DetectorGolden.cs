using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Students.Detection;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Students.Detection;

/// <summary>What test/goldens/make_detectors.py wrote.</summary>
internal sealed class DetectorGolden
{
    public static DetectorGolden Instance { get; } = Golden.Read<DetectorGolden>("detectors/detectors.json");

    /// <summary>By architecture and number of classes.</summary>
    public required Dictionary<string, Dictionary<int, long>> Parameters { get; init; }

    /// <summary>Of torchvision's retinanet_resnet50_fpn at 91 classes, BatchNorm's included.</summary>
    public required long TorchvisionRetinaNet { get; init; }

    /// <summary>Every so many values of a tensor are kept.</summary>
    public required int Step { get; init; }

    public required DetectorCase[] Cases { get; init; }

    /// <summary>The network of a case: a narrow one of three classes, with the golden's weights.</summary>
    public static DetectorModule CreateModule(string name, ScalarType type = ScalarType.Float32) => StudentGolden.Fill(
        name == "yolov5" ? YoloV5.Create(.33, .125, 3, AnchorSet.YoloV5) : RetinaNet.Create(18, 32, 3, AnchorSet.RetinaNet), type);

    /// <summary>The golden's order: one tensor a level, or boxes and classes.</summary>
    public static Tensor[] Heads(DetectorLevel level) => level.Raw is { } raw ? [raw] : [level.Boxes, level.Classes];

    public static double[] Sampled(Tensor values) => [.. Numbers.Of(values).Where((_, i) => i % Instance.Step == 0)];
}

internal sealed class DetectorCase
{
    public required string Name { get; init; }

    public required DetectorView[] Views { get; init; }

    /// <summary>In training, for the first view's image.</summary>
    public required double[][][] TrainingHeads { get; init; }

    /// <summary>Norm of each weight's gradient.</summary>
    public required Dictionary<string, double> Gradients { get; init; }

    /// <summary>Sum of each running statistic after a forward in training.</summary>
    public required Dictionary<string, double> Statistics { get; init; }
}

/// <summary>An image in evaluation mode.</summary>
internal sealed class DetectorView
{
    public required long[] Shape { get; init; }

    /// <summary>By level and tensor.</summary>
    public required double[][][] Heads { get; init; }

    public required double[] Boxes { get; init; }

    public required double[] Scores { get; init; }

    /// <summary>Sum of each map.</summary>
    public required double[] Neck { get; init; }

    public required double[] Backbone { get; init; }

    public required long[][] NeckShapes { get; init; }

    public required long[][] BackboneShapes { get; init; }
}
