namespace Microsoft.ML.Distillation.Reports;

/// <summary><c>quantised</c> of <c>report.json</c>.</summary>
internal sealed record QuantizationPart
{
    public required string Kind { get; init; }

    public required string Settings { get; init; }

    public required int Layers { get; init; }

    public required int QuantizedLayers { get; init; }

    public int? CalibrationImages { get; init; }

    public required long ModelBytes { get; init; }

    public required long FloatModelBytes { get; init; }

    public int? EvaluationImages { get; init; }

    public double? Accuracy { get; init; }

    public double? FloatAccuracy { get; init; }

    public double? Agreement { get; init; }

    public double? LatencyMs { get; init; }

    public double? FloatLatencyMs { get; init; }

    public static QuantizationPart Of(QuantizationReport report) => new()
    {
        Kind = report.Kind,
        Settings = report.Settings,
        Layers = report.Layers,
        QuantizedLayers = report.QuantizedLayers,
        CalibrationImages = report.CalibrationImages,
        ModelBytes = report.ModelBytes,
        FloatModelBytes = report.FloatModelBytes,
        EvaluationImages = report.EvaluationImages,
        Accuracy = Json.Finite(report.Accuracy),
        FloatAccuracy = Json.Finite(report.FloatAccuracy),
        Agreement = Json.Finite(report.Agreement),
        LatencyMs = Json.Finite(report.LatencyMs),
        FloatLatencyMs = Json.Finite(report.FloatLatencyMs),
    };
}
