namespace Microsoft.ML.Distillation;

/// <summary>One early exit of a student; the last is the student itself.</summary>
public sealed record ExitFigures
{
    /// <summary>The exit's name, as <see cref="ImageClassificationDistillationTransformer.ExportExits"/> names its file: <c>exit1</c> is the shallowest.</summary>
    public required string Name { get; init; }

    /// <summary>The last stage of the student that is in it, such as <c>layer2</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>How many stages of the student are in it, the stem not counted.</summary>
    public required int Depth { get; init; }

    /// <summary>Trained values in it.</summary>
    public required long Parameters { get; init; }

    /// <summary>Size of its ONNX file in bytes.</summary>
    public required long ModelBytes { get; init; }

    /// <summary>Time for one image alone in ONNX Runtime on the CPU, in milliseconds: the median of 50 after 5.</summary>
    public required double LatencyMs { get; init; }

    /// <summary>Share of the held-out images whose most likely class is the label, 0…1; null without held-out images.</summary>
    public double? Accuracy { get; init; }
}
