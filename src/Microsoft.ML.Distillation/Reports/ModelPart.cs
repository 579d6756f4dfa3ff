using System.Text.Json.Serialization;

namespace Microsoft.ML.Distillation.Reports;

/// <summary><c>teacher</c>, <c>baseline</c> and <c>distilled</c> of <c>report.json</c>.</summary>
internal sealed record ModelPart
{
    public required string Name { get; init; }

    public double? Accuracy { get; init; }

    public IReadOnlyList<double>? Accuracies { get; init; }

    [JsonPropertyName("mAP50")]
    public double? MeanAveragePrecision50 { get; init; }

    [JsonPropertyName("mAP")]
    public double? MeanAveragePrecision { get; init; }

    [JsonPropertyName("mAPs")]
    public IReadOnlyList<double>? MeanAveragePrecisions { get; init; }

    public long? Parameters { get; init; }

    public long? ModelBytes { get; init; }

    public double? LatencyMs { get; init; }

    public double? Ece { get; init; }

    public double? TeacherAgreement { get; init; }

    public double? SecondsPerEpoch { get; init; }

    public double? ImagesPerSecond { get; init; }

    public IReadOnlyList<double>? ValidationAccuracy { get; init; }

    public IReadOnlyList<ClassPart>? PerClass { get; init; }

    public IReadOnlyList<IReadOnlyList<int>>? Confusion { get; init; }

    public IReadOnlyList<BinPart>? Calibration { get; init; }

    public EvidencePart? Evidence { get; init; }

    public static ModelPart Of(string name, ModelFigures? figures)
    {
        figures ??= new ModelFigures();
        return new ModelPart
        {
            Name = name,
            Accuracy = Json.Finite(figures.Accuracy),
            Accuracies = Json.Finite(figures.Accuracies),
            MeanAveragePrecision50 = Json.Finite(figures.MeanAveragePrecision50),
            MeanAveragePrecision = Json.Finite(figures.MeanAveragePrecision),
            MeanAveragePrecisions = Json.Finite(figures.MeanAveragePrecisions),
            Parameters = figures.Parameters,
            ModelBytes = figures.ModelBytes,
            LatencyMs = Json.Finite(figures.LatencyMs),
            Ece = Json.Finite(figures.Ece),
            TeacherAgreement = Json.Finite(figures.TeacherAgreement),
            SecondsPerEpoch = Json.Finite(figures.SecondsPerEpoch),
            ImagesPerSecond = Json.Finite(figures.ImagesPerSecond),
            ValidationAccuracy = Json.Finite(figures.ValidationAccuracy),
            PerClass = Json.Some<ClassPart>([.. figures.PerClass.Select(c => new ClassPart(c.Name, c.Support, c.Precision, c.Recall, c.F1))]),
            Confusion = Json.Some(figures.Confusion),
            Calibration = Json.Some<BinPart>([.. figures.Calibration.Select(b => new BinPart(b.From, b.To, b.Images, b.Confidence, b.Accuracy))]),
            Evidence = EvidencePart.Of(figures.Evidence),
        };
    }
}

/// <summary>A class of <see cref="ModelPart.PerClass"/>.</summary>
internal sealed record ClassPart(string Name, int Support, double? Precision, double? Recall, double? F1);

/// <summary>A bin of <see cref="ModelPart.Calibration"/>.</summary>
internal sealed record BinPart(double From, double To, int Images, double Confidence, double Accuracy);
