using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Microsoft.ML.Distillation.Reports;

/// <summary>What <c>report.json</c> holds, member for member. What is null is left out.</summary>
internal sealed record ReportDocument
{
    private static readonly JsonSerializerOptions _options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Letters of all scripts as they are; what HTML would take for markup stays escaped.
        Encoder = JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All),
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public required string Task { get; init; }

    public required DatasetPart Dataset { get; init; }

    public required IReadOnlyDictionary<string, string> Options { get; init; }

    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    public required string Device { get; init; }

    public required IReadOnlyList<int> Seeds { get; init; }

    public AnchorFigures? Anchors { get; init; }

    public ModelPart? Teacher { get; init; }

    public ModelPart? Baseline { get; init; }

    public ModelPart? Distilled { get; init; }

    public required TrainingPart Training { get; init; }

    public IReadOnlyList<CheckupPart>? Checkup { get; init; }

    public IReadOnlyList<SkippedRowPart>? SkippedRows { get; init; }

    public IReadOnlyList<DataFindingPart>? DataFindings { get; init; }

    public IReadOnlyList<double>? Gains { get; init; }

    public VerdictPart? Verdict { get; init; }

    public FeaturesPart? Features { get; init; }

    public IReadOnlyList<MistakePart>? Mistakes { get; init; }

    public QuantizationReport? Quantised { get; init; }

    public IReadOnlyList<ExitPart>? Exits { get; init; }

    public static ReportDocument Of(TrainingReport report)
    {
        var student = ModelPart.Of(report.Student, report.StudentFigures);
        return new ReportDocument
        {
            Task = report.Task,
            Dataset = DatasetPart.Of(report),
            Options = report.Options.ToDictionary(option => JsonNamingPolicy.CamelCase.ConvertName(option.Key), option => option.Value),
            Versions = report.Versions,
            Device = report.Device,
            Seeds = report.Seeds,
            Anchors = report.Anchors,
            Teacher = report.Teacher is null ? null : ModelPart.Of(report.Teacher, report.TeacherFigures),
            Baseline = report.IsDistilled ? report.BaselineFigures is null ? null : ModelPart.Of(report.Student, report.BaselineFigures) : student,
            Distilled = report.IsDistilled ? student : null,
            Training = TrainingPart.Of(report),
            Checkup = Json.Some<CheckupPart>([.. report.Checkup.Select(CheckupPart.Of)]),
            SkippedRows = Json.Some<SkippedRowPart>([.. report.SkippedRows.Select(SkippedRowPart.Of)]),
            DataFindings = Json.Some<DataFindingPart>([.. report.DataFindings.Select(DataFindingPart.Of)]),
            Gains = report.Comparison is null ? null : [.. report.Comparison.Seeds.Select(seed => seed.Gain)],
            Verdict = VerdictPart.Of(report.Comparison),
            Features = FeaturesPart.Of(report.Features),
            Mistakes = Json.Some<MistakePart>([.. report.Mistakes.Select(MistakePart.Of)]),
            Quantised = report.Quantization,
            Exits = Json.Some<ExitPart>([.. report.Exits.Select(ExitPart.Of)]),
        };
    }

    public static ReportDocument Parse(string json) => JsonSerializer.Deserialize<ReportDocument>(json, _options)!;

    public string ToJson() => ToJson(this);

    /// <summary>A part alone, written as within the whole.</summary>
    public static string ToJson<T>(T part) => JsonSerializer.Serialize(part, _options);
}
