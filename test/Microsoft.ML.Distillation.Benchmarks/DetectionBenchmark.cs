using Microsoft.ML;
using Microsoft.ML.Distillation;
using Samples.Common;
using Samples.ObjectDetection;
using Samples.ObjectDetection.Data;

namespace Benchmarks;

/// <summary>Every detectors' method against the same student, schedule and seeds without it.</summary>
internal sealed class DetectionBenchmark(SampleOptions options, ResultsFile results, IReadOnlyList<MethodChoice> methods, CancellationToken cancellation)
{
    private const string Help = """
        Trains each distillation method of detectors, and the student alone, on the same images with the same seeds; appends a line a run to the results
        file and skips what is there already. A teacher trained here is kept in the output folder. Takes the options of build/sample.sh detection, and:

          --results FILE     (artifacts/detection.jsonl)
          --methods A,B,…    only these
        """;

    private readonly ProgressDisplay _display = new();
    private readonly MLContext _ml = new(options.Seed);

    public static void Run(string[] arguments, CancellationToken cancellation)
    {
        var rest = new List<string>(arguments);
        var methods = CommandLine.TakeSome(rest, "--methods", MethodChoice.All, method => method.Name);
        CommandLine.Refuse(rest, "the methods to compare are named by --methods.", "--method");
        if (DetectionArguments.Parse(rest, "detection.jsonl", Help) is { } given)
            new DetectionBenchmark(given.Options, given.Results, methods, cancellation).Carry();
    }

    private void Carry()
    {
        var dataset = DataSource.Open(_ml, options, _display.Say, cancellation);
        var training = new Training(_ml, options, dataset, _display, cancellation);
        var rows = dataset.Some(options.MostRows, options.Seed);
        var evaluation = new Evaluation(_ml, training.View(dataset.Test));
        var teacher = new KeptDetectorTeacher(options, dataset, training);
        var comparison = new MethodComparison(results, teacher.SettingOf(rows.Count), _display, cancellation);
        int[] seeds = [.. Enumerable.Range(options.Seed, options.Seeds)];
        foreach (var seed in seeds)
        {
            Run(MethodComparison.Alone, seed, () => training.Fit($"{MethodComparison.Alone}, seed {seed}", rows, options.Student, seed, training.Epochs));
            foreach (var method in methods)
                Run(method.Name, seed, () => training.Fit($"{method.Name}, seed {seed}", rows, options.Student, seed, training.Epochs, teacher.Value, method));
        }
        comparison.Show(seeds, methods.Select(method => method.Name), ("mAP50", run => run.Precision50), ("mAP", run => run.Precision));

        void Run(string name, int seed, Func<Trained> train) => comparison.Run(name, seed, result =>
        {
            using var trained = train();
            var metrics = evaluation.Measure(evaluation.Score(trained.Model));
            return result.Of(trained.Report) with { Precision50 = metrics.MeanAveragePrecision50, Precision = metrics.MeanAveragePrecision };
        });
    }
}
