namespace Microsoft.ML.Distillation.Reports;

/// <summary>The course of the training.</summary>
internal static class TrainingSection
{
    public static Html Write(TrainingReport report)
    {
        var charts = new List<Html>();
        if (Curves(report.Terms.Select((term, place) => (term.Key, term.Value, place))) is { Count: > 0 } terms)
            charts.Add(LineChart.Draw("terms", "Loss terms", terms, Text.Short));
        if (Curves(Accuracies(report)) is { Count: > 0 } accuracies)
            charts.Add(LineChart.Draw("accuracy", "Accuracy on the held-out images", accuracies, value => $"{Text.Short(Math.Round(100 * value, 2))} %"));
        if (Curves([("50:95", report.ValidationPrecision, ReportStyle.Student), ("50", report.ValidationPrecision50, ReportStyle.Baseline)]) is { Count: > 0 } precisions)
            charts.Add(LineChart.Draw("precision", "Mean average precision on the held-out images", precisions, value => $"{Text.Short(Math.Round(100 * value, 2))} %"));
        if (Curves([("learning rate", report.LearningRate, ReportStyle.Student)]) is { Count: > 0 } rate)
            charts.Add(LineChart.Draw("rate", "Learning rate", rate, value => value.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture)));
        if (report.Phases.Values.Sum() > 0)
            charts.Add(PhaseBar.Draw(report.Phases));
        var pace = $"{Text.Seconds(report.SecondsPerEpoch)} an epoch, {report.ImagesPerSecond.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)} images a second."
            + (report.TeacherCache is null ? "" : $" Teacher cache: {report.TeacherCache}.");
        return ReportPage.Section("training", "Training", Html.Of($"""<p class="soft">{pace}</p><div class="charts">{Html.Join(charts)}</div>"""));
    }

    private static IEnumerable<(string, IReadOnlyList<double>, int)> Accuracies(TrainingReport report)
    {
        if (report.BaselineFigures is { } baseline)
            yield return ("baseline", baseline.ValidationAccuracy, ReportStyle.Baseline);
        yield return (report.IsDistilled ? "distilled" : "student", report.ValidationAccuracy, ReportStyle.Student);
    }

    private static List<Series> Curves(IEnumerable<(string Name, IReadOnlyList<double> Values, int Colour)> curves) =>
        [.. curves.Where(curve => curve.Values.Count > 0 && curve.Values.All(double.IsFinite)).Select(curve => new Series(curve.Name, curve.Values, curve.Colour))];
}
