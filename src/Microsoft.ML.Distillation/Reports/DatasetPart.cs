namespace Microsoft.ML.Distillation.Reports;

/// <summary><c>dataset</c> of <c>report.json</c>.</summary>
internal sealed record DatasetPart
{
    public string? Name { get; init; }

    public required int Train { get; init; }

    public int? Validation { get; init; }

    public int? Test { get; init; }

    public IReadOnlyList<string>? Classes { get; init; }

    public static DatasetPart Of(TrainingReport report) => new()
    {
        Name = report.DatasetName,
        Train = report.TrainingRows,
        Validation = report.ValidationRows == 0 ? null : report.ValidationRows,
        Test = report.TestRows,
        Classes = Json.Some(report.Classes),
    };
}
