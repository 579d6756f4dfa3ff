using System.Globalization;
using Microsoft.ML.Distillation;
using Spectre.Console;
using static Samples.Common.FigureTable;

namespace Samples.ImageClassification;

/// <summary>Shows what came out.</summary>
internal static class ResultTable
{
    // More classes than this are not listed one by one.
    private const int MostClasses = 30;

    public static void Show(ReportFile report)
    {
        var table = New("Model", "Accuracy", "Parameters", "File", "One image", "Epoch", "Images/s");
        AddRow(table, "Teacher", report.Teacher);
        AddRow(table, "Alone", report.Alone);
        AddRow(table, "Distilled", report.Distilled);
        Console.Out.WriteLine($"\n{report.Student} on {report.Dataset.Test.Count} test images, {(report.Seeds.Count == 1 ? "one seed" : $"mean of {report.Seeds.Count} seeds")}:");
        AnsiConsole.Write(table);
        if (report.Dataset.Classes.Count <= MostClasses)
            AnsiConsole.Write(PerClass(report));
        var gains = string.Join(", ", report.Seeds.Select(seed => string.Create(CultureInfo.InvariantCulture, $"{100 * seed.Gain:+0.00;-0.00} (seed {seed.Seed})")));
        Console.Out.WriteLine($"Gain in points: {gains}.");
        if (report.Comparison is { Verdict: not ComparisonVerdict.TooFewSeeds } comparison)
            Console.Out.WriteLine(comparison.Text);
        Console.Out.WriteLine($"In {report.Folder}: student.zip and student.onnx (distilled, seed {report.Seeds[0].Seed}), report.json, report.html.");
    }

    private static Table PerClass(ReportFile report)
    {
        var table = New("Class", "Alone", "Distilled");
        for (var i = 0; i < report.Dataset.Classes.Count; i++)
        {
            var place = i;
            table.AddRow(
                Markup.Escape(report.Dataset.Classes[i]),
                Percent(report.Seeds.Average(seed => seed.Alone.Recalls[place])),
                Percent(report.Seeds.Average(seed => seed.Distilled.Recalls[place])));
        }
        return table;
    }

    private static void AddRow(Table table, string name, ModelFigures figures) => table.AddRow(
        Markup.Escape(name),
        Text(figures.Accuracy, "P2"),
        Text(figures.Parameters, "N0"),
        Text(figures.ModelBytes / (1024.0 * 1024), "0.00", " MiB"),
        Text(figures.LatencyMs, "0.00", " ms"),
        Text(figures.SecondsPerEpoch, "0.0", " s"),
        Text(figures.ImagesPerSecond, "N0"));
}
