using Microsoft.ML.Distillation.Reports;

namespace Microsoft.ML.Distillation;

/// <summary>What a model's quantisation did to it. What was not measured is null.</summary>
public sealed record QuantizationReport
{
    /// <summary><c>int8</c> or <c>float16</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>How it was done, as the file's metadata says it.</summary>
    public required string Settings { get; init; }

    /// <summary>Layers with weights.</summary>
    public required int Layers { get; init; }

    /// <summary>Those of them that are computed in the smaller numbers.</summary>
    public required int QuantizedLayers { get; init; }

    /// <summary>Images the ranges are from; null where none were needed.</summary>
    public int? CalibrationImages { get; init; }

    /// <summary>Size of the file in bytes.</summary>
    public required long ModelBytes { get; init; }

    /// <summary>Size of the file in bytes before.</summary>
    public required long FloatModelBytes { get; init; }

    /// <summary>Images the following figures are of.</summary>
    public int? EvaluationImages { get; init; }

    /// <summary>Share of images whose most likely class is the label, 0…1; null without labels.</summary>
    public double? Accuracy { get; init; }

    /// <summary>The same before.</summary>
    public double? FloatAccuracy { get; init; }

    /// <summary>Share of images whose most likely class is the same as before, 0…1.</summary>
    public double? Agreement { get; init; }

    /// <summary>Time for one image alone in ONNX Runtime on the CPU, in milliseconds: the median of 50 after 5.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>The same before.</summary>
    public double? FloatLatencyMs { get; init; }

    /// <summary>The figures for programs, named as here in camel case; what is null is left out. <see cref="TrainingReport.SaveAsJson"/> writes the same as <c>quantised</c>.</summary>
    /// <returns>JSON.</returns>
    public string ToJson() => ReportDocument.ToJson(QuantizationPart.Of(this));
}
