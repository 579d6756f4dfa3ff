namespace Microsoft.ML.Distillation.Reports;

/// <summary>What the models are worth and what they cost, side by side, and how well each knows how sure to be.</summary>
internal static class ModelSection
{
    public static Html Write(TrainingReport report)
    {
        var models = Models(report).ToList();
        if (models.Count == 0)
            return Html.None;
        var detectors = models.Any(model => model.Figures.MeanAveragePrecision is not null);
        var rows = Html.Join(models.Select(model => Row(model.Name, model.Figures, detectors)));
        var quality = new Html(detectors ? "<th>mAP 50</th><th>mAP 50:95</th>" : "<th>Accuracy</th><th>Calibration error</th><th>Agrees with teacher</th>");
        var diagrams = models.Where(model => model.Figures.Calibration.Count > 0).Select(model => ReliabilityDiagram.Draw(model.Name.ToLowerInvariant(), model.Figures.Calibration, model.Figures.Ece, model.Colour));
        return ReportPage.Section("models", "Models", Html.Of($"""
            <div class="wide"><table><thead><tr><th>Model</th>{quality}<th>Parameters</th><th>File</th><th>One image</th><th>Epoch</th></tr></thead><tbody>{rows}</tbody></table></div>
            {Note(report)}{Features(report.Features)}<div class="charts">{Html.Join(diagrams)}</div>
            """));
    }

    private static IEnumerable<(string Name, ModelFigures Figures, int Colour)> Models(TrainingReport report)
    {
        if (report.TeacherFigures is { } teacher)
            yield return ("Teacher", teacher, ReportStyle.Teacher);
        if (report.BaselineFigures is { } baseline)
            yield return ("Baseline", baseline, ReportStyle.Baseline);
        if (report.StudentFigures is { } student)
            yield return (ReportPage.StudentName(report), student, ReportStyle.Student);
    }

    private static Html Row(string name, ModelFigures model, bool detectors) => Html.Of(
        $"<tr><td>{name}</td>{Quality(model, detectors)}<td>{Text.Count(model.Parameters)}</td><td>{Text.Bytes(model.ModelBytes)}</td><td>{Text.Milliseconds(model.LatencyMs)}</td><td>{Text.Seconds(model.SecondsPerEpoch)}</td></tr>");

    private static Html Quality(ModelFigures model, bool detectors) => detectors
        ? Html.Of($"<td>{Text.Percent(model.MeanAveragePrecision50)}</td><td>{Text.Percent(model.MeanAveragePrecision)}</td>")
        : Html.Of($"<td>{Text.Percent(model.Accuracy)}</td><td>{Text.Percent(model.Ece)}</td><td>{Text.Percent(model.TeacherAgreement)}</td>");

    private static Html Note(TrainingReport report)
    {
        if (report.StudentFigures is not { } student || (student.Accuracy ?? student.MeanAveragePrecision) is null)
            return Html.None;
        var seeds = report.Seeds.Count > 1 ? $" {(student.Accuracy is null ? "mAP 50:95 is the mean" : "Accuracies are means")} of {report.Seeds.Count} seeds; all else is of the first seed's models." : "";
        return Html.Of($"""<p class="soft">On {ReportPage.HeldOut(report)}.{seeds} One image: the time it takes alone in ONNX Runtime on the CPU.</p>""");
    }

    private static Html Features(FeatureFigures? features) => features is null
        ? Html.None
        : Html.Of($"""<p>Features before the classifier: mean cosine between classes {Text.Cosine(features.BetweenClassCosine)} (teacher {Text.Cosine(features.TeacherBetweenClassCosine)}), mean cosine with the teacher's {Text.Cosine(features.DirectionAlignment)}.</p>""");
}
