using Samples.Common;
using Spectre.Console;

namespace Benchmarks;

/// <summary>Methods against the same student, schedule and seeds without them: runs what is not in the results file yet, and shows what each gained.</summary>
internal sealed class MethodComparison(ResultsFile results, string setting, ProgressDisplay display, CancellationToken cancellation)
{
    /// <summary>The student without any method.</summary>
    public const string Alone = "alone";

    /// <param name="measure">Trains, and adds what was measured to the result.</param>
    public void Run(string method, int seed, Func<MethodResult, MethodResult> measure)
    {
        if (results.Find(setting, method, seed) is not null)
            return;
        cancellation.ThrowIfCancellationRequested();
        var result = new MethodResult { Setting = setting, Method = method, Seed = seed };
        try
        {
            result = measure(result);
        }
        catch (Exception e) when (method != Alone && (e is ArgumentException or InvalidOperationException or InvalidDataException))
        {
            // A method that doesn't fit this pair, or diverges on it, is a result too; the others are not to wait for it.
            result = result with { Fault = e.Message };
            display.Say($"  {method}: {e.Message}");
        }
        results.Add(result);
    }

    /// <param name="measures">What was measured, 0…1, and what it is called.</param>
    public void Show(IReadOnlyList<int> seeds, IEnumerable<string> methods, params (string Name, Func<MethodResult, double?> Of)[] measures)
    {
        var table = new Table().Border(TableBorder.Markdown).Title(Markup.Escape(setting)).AddColumn("Method");
        foreach (var (name, _) in measures)
            table.AddColumns(name, "Gain", "±");
        table.AddColumns("Seeds", "s/epoch");
        foreach (var method in methods.Prepend(Alone))
            table.AddRow([method, .. Cells([.. seeds.Select(seed => results.Find(setting, method, seed)!).Where(run => run.Fault is null)], measures)]);
        AnsiConsole.Write(table);
    }

    private IEnumerable<string> Cells(List<MethodResult> runs, (string Name, Func<MethodResult, double?> Of)[] measures)
    {
        if (runs.Count == 0)
            return ["failed", .. Enumerable.Repeat("", 3 * measures.Length - 1), "0", ""];
        return [.. measures.SelectMany(measure => Cells(runs, measure.Of)), $"{runs.Count}", Figures.Text(runs.Average(run => run.SecondsPerEpoch!.Value), "0.0")];
    }

    private string[] Cells(List<MethodResult> runs, Func<MethodResult, double?> measure)
    {
        var mean = Figures.Text(100 * runs.Average(run => measure(run)!.Value), "0.00");
        if (runs[0].Method == Alone)
            return [mean, "", ""];
        var gains = runs.ConvertAll(run => 100 * (measure(run)!.Value - measure(results.Find(setting, Alone, run.Seed)!)!.Value));
        return [mean, Figures.Text(gains.Average(), "+0.00;-0.00;0.00"), Figures.DeviationText(gains)];
    }
}
