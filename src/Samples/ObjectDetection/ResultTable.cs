using System.Globalization;
using Microsoft.ML.Distillation;
using Spectre.Console;
using static Samples.Common.FigureTable;

namespace Samples.ObjectDetection;

/// <summary>Shows what came out.</summary>
internal static class ResultTable
{
    // More classes than this are not listed one by one.
    private const int MostClasses = 30;

    public static void Show(ReportFile report)
    {
        var table = New("Model", "mAP50", "mAP", "Parameters", "File", "One image", "Epoch");
        AddRow(table, "Teacher", report.Teacher);
        AddRow(table, "Alone", report.Alone);
        AddRow(table, "Distilled", report.Distilled);
        Console.Out.WriteLine($"\n{report.Student} on {report.Dataset.Test.Count} test images, {(report.Seeds.Count == 1 ? "one seed" : $"mean of {report.Seeds.Count} seeds")}:");
        AnsiConsole.Write(table);
        if (report.Dataset.Classes.Count <= MostClasses)
            AnsiConsole.Write(PerClass(report));
        var gains = string.Join(", ", report.Seeds.Select(seed => string.Create(CultureInfo.InvariantCulture, $"{100 * seed.Gain:+0.00;-0.00;0.00} (seed {seed.Seed})")));
        Console.Out.WriteLine($"Gain in points of mAP: {gains}.");
        if (report.Gains.Text is { } verdict)
            Console.Out.WriteLine(verdict);
        Console.Out.WriteLine($"In {report.Folder}: student.zip and student.onnx (distilled, seed {report.Seeds[0].Seed}), report.json, report.html, pictures/.");
    }

    private static Table PerClass(ReportFile report)
    {
        var table = New("Class", "Objects", "Alone mAP50", "Distilled mAP50");
        foreach (var tested in report.Seeds[0].Distilled.Metrics.PerClass.Where(tested => tested.Objects > 0))
        {
            table.AddRow(
                Markup.Escape(tested.Name),
                tested.Objects.ToString(CultureInfo.InvariantCulture),
                Percent(report.Seeds.Average(seed => Of(seed.Alone, tested.Name))),
                Percent(report.Seeds.Average(seed => Of(seed.Distilled, tested.Name))));
        }
        return table;

        static double Of(RunResult run, string name) => run.Metrics.PerClass.First(tested => tested.Name == name).AveragePrecision50;
    }

    private static void AddRow(Table table, string name, ModelFigures figures) => table.AddRow(
        Markup.Escape(name),
        Text(figures.MeanAveragePrecision50, "P2"),
        Text(figures.MeanAveragePrecision, "P2"),
        Text(figures.Parameters, "N0"),
        Text(figures.ModelBytes / (1024.0 * 1024), "0.00", " MiB"),
        Text(figures.LatencyMs, "0.00", " ms"),
        Text(figures.SecondsPerEpoch, "0.0", " s"));
}
