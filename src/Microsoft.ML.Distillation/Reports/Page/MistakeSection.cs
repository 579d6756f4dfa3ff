namespace Microsoft.ML.Distillation.Reports;

/// <summary>The most confident mistakes, with pictures.</summary>
internal static class MistakeSection
{
    public static Html Write(TrainingReport report)
    {
        if (report.Mistakes.Count == 0)
            return Html.None;
        var maps = report.Mistakes.Any(mistake => mistake.StudentAttention is not null || mistake.TeacherAttention is not null)
            ? " Beside each image, in orange, where the last feature maps are strong: the student's" + (report.Mistakes.Any(mistake => mistake.TeacherAttention is not null) ? ", then the teacher's." : ".")
            : "";
        return ReportPage.Section("mistakes", "Worst mistakes", Html.Of($"""
            <p class="soft">Wrong on the held-out images, the most confident first.{maps}</p><ul class="mistakes">{Html.Join(report.Mistakes.Select(Item))}</ul>
            """));
    }

    private static Html Item(Mistake mistake)
    {
        var teacher = mistake.Teacher is null ? "" : $"; the teacher says {mistake.Teacher}";
        return Html.Of($"""
            <li><div>{Picture(mistake.Image, $"Image {mistake.Row}, {mistake.Label}")}{Picture(mistake.StudentAttention, "The student's attention")}{Picture(mistake.TeacherAttention, "The teacher's attention")}</div><p><strong>{mistake.Predicted}</strong> ({Text.Percent(mistake.Confidence)}) for <strong>{mistake.Label}</strong>{teacher}; row {mistake.Row}</p></li>
            """);
    }

    private static Html Picture(byte[]? png, string title) => png is null
        ? Html.None
        : Html.Of($"""<img src="data:image/png;base64,{new Html(Convert.ToBase64String(png))}" alt="{title}" title="{title}">""");
}
