using System.Text.Json.Serialization;

namespace Microsoft.ML.Distillation.Reports;

/// <summary><c>training</c> of <c>report.json</c>.</summary>
internal sealed record TrainingPart
{
    public required int Epochs { get; init; }

    public double? SecondsPerEpoch { get; init; }

    public double? ImagesPerSecond { get; init; }

    public IReadOnlyDictionary<string, double>? Phases { get; init; }

    public IReadOnlyDictionary<string, IReadOnlyList<double>>? Terms { get; init; }

    public IReadOnlyList<double>? LearningRate { get; init; }

    public IReadOnlyList<double>? ValidationAccuracy { get; init; }

    [JsonPropertyName("mAP50")]
    public IReadOnlyList<double>? ValidationPrecision50 { get; init; }

    [JsonPropertyName("mAP")]
    public IReadOnlyList<double>? ValidationPrecision { get; init; }

    public string? TeacherCache { get; init; }

    public static TrainingPart Of(TrainingReport report) => new()
    {
        Epochs = report.Epochs,
        SecondsPerEpoch = Json.Finite(report.SecondsPerEpoch),
        ImagesPerSecond = Json.Finite(report.ImagesPerSecond),
        Phases = Json.Some(report.Phases),
        Terms = Json.Some(report.Terms.Where(term => Json.Finite(term.Value) is not null).ToDictionary(term => term.Key, term => term.Value)),
        LearningRate = Json.Finite(report.LearningRate),
        ValidationAccuracy = Json.Finite(report.ValidationAccuracy),
        ValidationPrecision50 = Json.Finite(report.ValidationPrecision50),
        ValidationPrecision = Json.Finite(report.ValidationPrecision),
        TeacherCache = report.TeacherCache?.ToString(),
    };
}
