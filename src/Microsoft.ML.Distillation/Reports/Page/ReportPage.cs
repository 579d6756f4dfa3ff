namespace Microsoft.ML.Distillation.Reports;

/// <summary>A report as one HTML page. A part that was not run has no section.</summary>
internal static class ReportPage
{
    /// <summary>Nothing may be fetched, nothing may run: what a page from somebody else's data should not be able to do.</summary>
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

    public static Html Write(TrainingReport report) => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="{new Html(Policy)}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{report.Student}: {report.Task}</title>
        <style>{ReportStyle.Sheet}</style>
        </head>
        <body><main>
        {Header(report)}
        {ComparisonSection.Write(report)}
        {CheckupSection.Write(report)}
        {DataSection.Write(report)}
        {ModelSection.Write(report)}
        {TrainingSection.Write(report)}
        {QuantizationSection.Write(report)}
        {EvidenceSection.Write(report)}
        {ClassSection.Write(report)}
        {MistakeSection.Write(report)}
        {ExitSection.Write(report)}
        {SettingSection.Write(report)}
        </main></body>
        </html>

        """);

    /// <summary>What the held-out images are called.</summary>
    public static string HeldOut(TrainingReport report) => report.TestRows is { } test ? $"{Text.Count(test)} test images" : $"{Text.Count(report.ValidationRows)} validation images";

    /// <summary>What the returned student is called.</summary>
    public static string StudentName(TrainingReport report) => report.IsDistilled ? "Distilled" : "Student";

    public static Html Section(string name, string title, Html content) => Html.Of($"""<section id="{name}"><h2>{title}</h2>{content}</section>""");

    private static Html Header(TrainingReport report)
    {
        var teacher = report.Teacher is null ? "trained without a teacher" : $"taught by {report.Teacher}";
        var images = $"{Text.Count(report.TrainingRows)} training images" + (report.ValidationRows == 0 && report.TestRows is null ? "" : $", {HeldOut(report)}");
        return Html.Of($"""
            <header><h1>{report.Student}, {teacher}</h1><p class="soft">{report.Task}{(report.DatasetName is null ? "" : $" on {report.DatasetName}")}: {report.Classes.Count} classes, {images}; {report.Epochs} epochs on {report.Device}, seed {report.Seed}</p></header>
            """);
    }
}
