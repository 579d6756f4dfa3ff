using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Distillation;
using Samples.Common;
using Samples.Common.Images;
using Samples.ImageClassification;

namespace Benchmarks;

/// <summary>What the library itself says of whether distillation helped: with a teacher, and with one that knows nothing.</summary>
internal sealed class VerdictBenchmark(SampleOptions options, CancellationToken cancellation)
{
    private const string Help = """
        Distils with CompareToBaseline, from the teacher and from a network of the student's form with random weights; writes a report of each into the output folder and prints the verdicts.
        Takes the options of build/sample.sh; --seeds 3 and more for an answer.
        """;

    // So small that the weights stay those of the seed, while BatchNorm measures its means and deviations.
    private const double NoLearning = 1e-12;

    private static readonly string Full = $"{Help}{Environment.NewLine}{Environment.NewLine}{OptionParser.Help}";
    private readonly ProgressDisplay _display = new();
    private readonly MLContext _ml = new(options.Seed);

    public static void Run(string[] arguments, CancellationToken cancellation)
    {
        var options = OptionParser.Parse(arguments);
        if (options.Help)
        {
            Console.Out.WriteLine(Full);
            return;
        }
        Directory.CreateDirectory(options.Out);
        new VerdictBenchmark(options, cancellation).Carry();
    }

    private void Carry()
    {
        var dataset = DataSource.Open(options.Data, options.Out, options.Seed, _display.Say, cancellation);
        var training = new Training(_ml, options, dataset, _display, cancellation);
        var rows = dataset.FirstOfEachClass(options.Limit ?? (options.Data is null ? 1000 : int.MaxValue));
        var given = TeacherChoice.Make(_ml, options, dataset, training, _display).Teacher;
        Judge("given", given, training, rows, dataset.Test);
        Judge("random", RandomTeacher(training, rows), training, rows, dataset.Test);
    }

    private OnnxTeacher RandomTeacher(Training training, IReadOnlyList<ImageRow> rows)
    {
        // A student of the same seed would begin as its teacher's copy.
        using var trained = training.Fit("A teacher with random weights", rows, options.Student, options.Seed + options.Seeds, epochs: 1, learningRate: NoLearning);
        return OnnxTeacher.FromBytes(trained.Student.ToOnnx());
    }

    private void Judge(string name, OnnxTeacher teacher, Training training, IReadOnlyList<ImageRow> rows, IReadOnlyList<ImageRow> test)
    {
        using var trained = training.Fit(
            $"With the {name} teacher", rows, options.Student, options.Seed, training.Epochs, teacher, heldOut: training.ImageView(test), comparison: new() { Seeds = options.Seeds });
        var report = trained.Report with { DatasetName = options.Data };
        report.SaveAsJson(Path.Combine(options.Out, $"{name}.json"));
        report.SaveAsHtml(Path.Combine(options.Out, $"{name}.html"));
        _display.Say($"The {name} teacher is right on {report.TeacherFigures?.Accuracy?.ToString("P2", CultureInfo.InvariantCulture)}.");
        foreach (var finding in report.Checkup)
            _display.Say($"  check-up: {finding}");
        foreach (var seed in report.Comparison?.Seeds ?? [])
            _display.Say(FormattableString.Invariant($"  seed {seed.Seed}: alone {seed.Baseline:P2}, distilled {seed.Distilled:P2}"));
        _display.Say($"  {report.Comparison?.Text}");
    }
}
