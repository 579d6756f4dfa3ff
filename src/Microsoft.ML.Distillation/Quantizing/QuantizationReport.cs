using System.Text.Json.Serialization;
using Microsoft.ML.Distillation.Reports;

namespace Microsoft.ML.Distillation;

/// <summary>What a model's quantisation did to it. What was not measured is null.</summary>
public sealed record QuantizationReport
{
    internal const string Int8Kind = "int8", Float16Kind = "float16", Int8TrainedKind = "int8 trained";

    /// <summary><c>int8</c>, <c>int8 trained</c> or <c>float16</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>How it was done, as the file's metadata says it.</summary>
    public required string Settings { get; init; }

    /// <summary>Layers with weights.</summary>
    public required int Layers { get; init; }

    /// <summary>Those of them that are computed in the smaller numbers.</summary>
    public required int QuantizedLayers { get; init; }

    /// <summary>Images the ranges are from; null where none were needed.</summary>
    public int? CalibrationImages { get; init; }

    /// <summary>Epochs it was trained on for in 8 bits (<see cref="QuantizationAwareOptions"/>); null where it was not.</summary>
    public int? TrainedEpochs { get; init; }

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

    /// <summary>A detector's mean average precision at an IoU of 0.5 (mAP 50), 0…1; null for classifiers, and without evaluation data.</summary>
    [JsonPropertyName("mAP50")]
    public double? MeanAveragePrecision50 { get; init; }

    /// <summary>The same before.</summary>
    [JsonPropertyName("floatMAP50")]
    public double? FloatMeanAveragePrecision50 { get; init; }

    /// <summary>A detector's mean average precision over IoU thresholds from 0.5 to 0.95 (mAP 50:95, COCO's), 0…1; null for classifiers, and without evaluation data.</summary>
    [JsonPropertyName("mAP")]
    public double? MeanAveragePrecision { get; init; }

    /// <summary>The same before.</summary>
    [JsonPropertyName("floatMAP")]
    public double? FloatMeanAveragePrecision { get; init; }

    /// <summary>Share of images whose most likely class is the same as before, 0…1; null for detectors.</summary>
    public double? Agreement { get; init; }

    /// <summary>Time for one image alone in ONNX Runtime on the CPU, in milliseconds: the median of 50 after 5.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>The same before.</summary>
    public double? FloatLatencyMs { get; init; }

    /// <summary>The figures for programs, named as here in camel case (mean average precisions <c>mAP</c>, <c>mAP50</c>, <c>floatMAP</c> and <c>floatMAP50</c>); what is null is left out. <see cref="TrainingReport.SaveAsJson"/> writes the same as <c>quantised</c>.</summary>
    /// <returns>JSON.</returns>
    public string ToJson() => ReportDocument.ToJson(this);
}
