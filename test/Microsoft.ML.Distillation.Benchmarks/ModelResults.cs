using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.Onnx;
using Spectre.Console;

namespace Benchmarks;

/// <summary>Models of one setting in the results file, each with its size and its time in ONNX Runtime, and a table of their means.</summary>
/// <param name="output">Of the models, to be computed when they are timed.</param>
internal sealed class ModelResults(ResultsFile results, string setting, int? threads, string output)
{
    private const int ManyImages = 32;

    public bool Has(int seed, IEnumerable<string> names) => names.All(name => results.Find(setting, name, seed) is not null);

    /// <param name="report">Of the training that the model is from.</param>
    /// <param name="figures">Adds what the model reaches.</param>
    public void Add(string name, int seed, TrainingReport report, byte[] onnx, Func<MethodResult, MethodResult> figures)
    {
        if (results.Find(setting, name, seed) is null)
            results.Add(Timed(figures(new MethodResult { Setting = setting, Method = name, Seed = seed }.Of(report)) with { ModelBytes = onnx.LongLength }, onnx));
    }

    /// <param name="measures">What was measured, 0…1, and what it is called.</param>
    public void Show(IReadOnlyList<int> seeds, IEnumerable<string> names, params (string Name, Func<MethodResult, double?> Of)[] measures)
    {
        var table = new Table().Border(TableBorder.Markdown).Title(Markup.Escape(setting)).AddColumn("");
        foreach (var (name, _) in measures)
            table.AddColumns(name, "±");
        table.AddColumns("KiB", "ms for 1", $"ms for {ManyImages}", "Seeds");
        foreach (var name in names)
        {
            List<MethodResult> runs = [.. seeds.Select(seed => results.Find(setting, name, seed)!)];
            table.AddRow([
                name, .. measures.SelectMany(measure => Cells(runs.ConvertAll(run => 100 * measure.Of(run)!.Value))),
                Figures.Text(runs.Average(run => run.ModelBytes!.Value) / 1024, "0.0"), Figures.Text(runs.Average(run => run.LatencyMs!.Value), "0.000"),
                Figures.Text(runs.Average(run => run.BatchLatencyMs!.Value), "0.00"), $"{runs.Count}",
            ]);
        }
        AnsiConsole.Write(table);
    }

    private MethodResult Timed(MethodResult result, byte[] onnx)
    {
        using var runner = new OnnxRunner(onnx, result.Method, threads ?? Environment.ProcessorCount);
        var image = runner.Inputs[0].Dimensions!;
        var (height, width) = (image[2].Size!.Value, image[3].Size!.Value);
        return result with { LatencyMs = Time(1), BatchLatencyMs = Time(ManyImages) };

        double Time(int batch)
        {
            var pixels = new float[batch * 3 * height * width];
            return Math.Round(Latency.Median(() => runner.Run(pixels, [batch, 3, height, width], [output])), 4);
        }
    }

    private static string[] Cells(List<double> values) => [Figures.Text(values.Average(), "0.00"), Figures.DeviationText(values)];
}
