namespace Microsoft.ML.Distillation.Reports;

/// <summary>How the student does on each class, and what it takes for what.</summary>
internal static class ClassSection
{
    private const int MostRows = 50;

    public static Html Write(TrainingReport report)
    {
        if (report.StudentFigures is not { PerClass.Count: > 0 } student)
            return Html.None;
        var baseline = report.BaselineFigures is { PerClass.Count: > 0 } known ? known : null;
        var places = Enumerable.Range(0, student.PerClass.Count).ToList();
        if (places.Count > MostRows)
            places = [.. places.OrderBy(place => student.PerClass[place].F1 ?? 1).Take(MostRows)];
        var note = places.Count < student.PerClass.Count ? $"The {places.Count} of {student.PerClass.Count} classes with the lowest F1." : "";
        var rows = Html.Join(places.Select(place => Row(student.PerClass[place], baseline?.PerClass[place])));
        var confusion = student.Confusion.Count > 0 ? Html.Of($"<h3>Confusion</h3>{ConfusionTable.Draw(student.Confusion, report.Classes)}") : Html.None;
        return ReportPage.Section("classes", "Classes", Html.Of($"""
            <p class="soft">{note}</p><div class="wide"><table><thead><tr><th>Class</th><th>Images</th><th>Precision</th><th>Recall</th><th>F1</th>{(baseline is null ? Html.None : new Html("<th>Recall, baseline</th>"))}</tr></thead><tbody>{rows}</tbody></table></div>{confusion}
            """));
    }

    private static Html Row(ClassFigures figures, ClassFigures? baseline) => Html.Of(
        $"<tr><td>{figures.Name}</td><td>{Text.Count(figures.Support)}</td><td>{Text.Percent(figures.Precision)}</td><td>{Text.Percent(figures.Recall)}</td><td>{Text.Percent(figures.F1)}</td>{(baseline is null ? Html.None : Html.Of($"<td>{Text.Percent(baseline.Recall)}</td>"))}</tr>");
}
