using System.Globalization;

namespace Microsoft.ML.Distillation.Reports;

/// <summary>How flat the minima are that students ended in, and how much gradient their stages get.</summary>
internal static class EvidenceSection
{
    public static Html Write(TrainingReport report)
    {
        var students = Students(report).ToList();
        if (students.Count == 0)
            return Html.None;
        return ReportPage.Section("evidence", "Flatness and gradients", Html.Of($"""
            <p class="soft">Accuracy when Gaussian noise is added to the weights, its deviation a share of each layer's root mean square weight, the mean over draws: the flatter the minimum, the less is lost. And the mean norm of the gradient that each stage gets on the first batches of the last epoch.</p>
            <div class="charts">{Noise(students)}{Gradients(students)}</div>{Table(students)}
            """));
    }

    private static IEnumerable<(string Name, StudentEvidence Evidence, int Colour)> Students(TrainingReport report)
    {
        if (report.BaselineFigures?.Evidence is { } baseline)
            yield return ("baseline", baseline, ReportStyle.Baseline);
        if (report.StudentFigures?.Evidence is { } student)
            yield return (ReportPage.StudentName(report).ToLowerInvariant(), student, ReportStyle.Student);
    }

    private static Html Noise(List<(string Name, StudentEvidence Evidence, int Colour)> students)
    {
        var curves = students.Where(s => s.Evidence.WeightNoise.Count > 0).ToList();
        return curves.Count == 0 ? Html.None : LineChart.Draw(
            "noise", "Accuracy under weight noise", [.. curves.Select(s => new Series(s.Name, [.. s.Evidence.WeightNoise.Select(n => n.Accuracy)], s.Colour))],
            share => $"{Text.Short(Math.Round(100 * share, 2))} %", new Places("strength", [.. curves[0].Evidence.WeightNoise.Select(n => Text.Short(n.Strength))]));
    }

    private static Html Gradients(List<(string Name, StudentEvidence Evidence, int Colour)> students)
    {
        var curves = students.Where(s => s.Evidence.Gradients.Count > 0 && s.Evidence.Gradients.All(g => double.IsFinite(g.Norm))).ToList();
        return curves.Count == 0 ? Html.None : LineChart.Draw(
            "gradients", "Gradient norm by depth", [.. curves.Select(s => new Series(s.Name, [.. s.Evidence.Gradients.Select(g => g.Norm)], s.Colour))],
            norm => norm.ToString("0.###", CultureInfo.InvariantCulture), new Places("stage", [.. curves[0].Evidence.Gradients.Select(g => g.Stage)]));
    }

    private static Html Table(List<(string Name, StudentEvidence Evidence, int Colour)> students)
    {
        var curves = students.Where(s => s.Evidence.WeightNoise.Count > 0).ToList();
        if (curves.Count == 0)
            return Html.None;
        var header = Html.Join(curves[0].Evidence.WeightNoise.Select(n => Html.Of($"<th>{Text.Short(n.Strength)}</th>")));
        var rows = Html.Join(curves.Select(s => Html.Of($"<tr><td>{s.Name}</td>{Html.Join(s.Evidence.WeightNoise.Select(n => Html.Of($"<td>{Spread(n)}</td>")))}</tr>")));
        return Html.Of($"""
            <div class="wide"><table><caption class="soft">Accuracy by strength of the noise, mean ± standard deviation over draws</caption><thead><tr><th>Model</th>{header}</tr></thead><tbody>{rows}</tbody></table></div>
            """);
    }

    private static string Spread(NoiseAccuracy noise) => Text.Percent(noise.Accuracy) + (noise.Deviation is { } deviation ? $" ± {(100 * deviation).ToString("0.00", CultureInfo.InvariantCulture)}" : "");
}
