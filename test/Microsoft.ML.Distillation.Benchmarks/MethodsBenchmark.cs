using Microsoft.ML;
using Microsoft.ML.Distillation;
using Samples.Common;
using Samples.Common.Images;
using Samples.ImageClassification;

namespace Benchmarks;

/// <summary>Every method against the same student, schedule and seeds without it.</summary>
internal sealed class MethodsBenchmark(SampleOptions options, ResultsFile results, IReadOnlyList<KnownMethod> methods, CancellationToken cancellation)
{
    private const string Help = """
        Trains each distillation method, and the student alone, on the same images with the same seeds; appends a line a run to the results file and
        skips what is there already. Takes the options of build/sample.sh, and:

          --results FILE     (artifacts/methods.jsonl)
          --methods A,B,…    only these
        """;

    private static readonly string Full = $"{Help}{Environment.NewLine}{Environment.NewLine}{OptionParser.Help}";
    private readonly ProgressDisplay _display = new();
    private readonly MLContext _ml = new(options.Seed);

    public static void Run(string[] arguments, CancellationToken cancellation)
    {
        var rest = new List<string>(arguments);
        var methods = CommandLine.TakeSome(rest, "--methods", KnownMethod.All, method => method.Name);
        CommandLine.Refuse(rest, "every method is compared with its default options; leave it out.", "--temperature", "--alpha");
        var file = CommandLine.Take(rest, "--results") ?? Path.Combine("artifacts", "methods.jsonl");
        var options = OptionParser.Parse([.. rest]);
        if (options.Help)
        {
            Console.Out.WriteLine(Full);
            return;
        }
        Directory.CreateDirectory(options.Out);
        new MethodsBenchmark(options, ResultsFile.Open(file), methods, cancellation).Carry();
    }

    private void Carry()
    {
        var dataset = DataSource.Open(options.Data, options.Out, options.Seed, _display.Say, cancellation);
        var training = new Training(_ml, options, dataset, _display, cancellation);
        var rows = dataset.FirstOfEachClass(options.Limit ?? (options.Data is null ? 1000 : int.MaxValue));
        // A teacher takes time to make, and where every run is there already none is needed.
        var teacher = new Lazy<OnnxTeacher>(() => TeacherChoice.Make(_ml, options, dataset, training, _display).Teacher);
        var evaluation = new Evaluation(_ml, training.View(dataset.Test));
        var setting = FormattableString.Invariant(
            $"{dataset.Name}, {rows.Count} images, {options.Student.Name} from {TeacherSetting.Of(options, training)}, {training.Epochs} epochs of batches of {training.BatchSize}, data seed {options.Seed}{(options.Precision == Precision.Float32 ? "" : $", {options.Precision}")}");
        var comparison = new MethodComparison(results, setting, _display, cancellation);
        int[] seeds = [.. Enumerable.Range(options.Seed, options.Seeds)];
        foreach (var seed in seeds)
        {
            Run(MethodComparison.Alone, seed, () => training.Fit($"{MethodComparison.Alone}, seed {seed}", rows, options.Student, seed, training.Epochs));
            foreach (var method in methods)
                Run(method.Name, seed, () => training.Fit($"{method.Name}, seed {seed}", rows, options.Student, seed, training.Epochs, method.NeedsTeacher ? teacher.Value : null, method.Create()));
        }
        comparison.Show(seeds, methods.Select(method => method.Name), ("Accuracy", run => run.Accuracy));

        void Run(string name, int seed, Func<Trained> train) => comparison.Run(name, seed, result =>
        {
            using var trained = train();
            return result.Of(trained.Report) with { Accuracy = evaluation.Measure(evaluation.Score(trained.Model)).MicroAccuracy };
        });
    }
}
