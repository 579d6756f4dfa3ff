using System.Globalization;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Distillation;
using Samples.ImageClassification;
using Spectre.Console;

namespace Benchmarks;

/// <summary>Every method against the same student, schedule and seeds without it.</summary>
internal sealed class MethodsBenchmark(SampleOptions options, ResultsFile results, IReadOnlyList<KnownMethod> methods, CancellationToken cancellation)
{
    private const string Alone = "alone";

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
        var results = Taken(rest, "--results") ?? Path.Combine("artifacts", "methods.jsonl");
        var names = Taken(rest, "--methods")?.Split(',', StringSplitOptions.TrimEntries);
        var unknown = names?.Except(KnownMethod.All.Select(m => m.Name), StringComparer.OrdinalIgnoreCase).ToList() ?? [];
        if (unknown.Count > 0)
            throw new ArgumentException($"--methods: {string.Join(", ", unknown)} is not known; there are {string.Join(", ", KnownMethod.All.Select(m => m.Name))}.");
        var unused = rest.FirstOrDefault(a => a.StartsWith("--temperature", StringComparison.Ordinal) || a.StartsWith("--alpha", StringComparison.Ordinal));
        if (unused is not null)
            throw new ArgumentException($"{unused}: every method is compared with its default options; leave it out.");
        var options = OptionParser.Parse([.. rest]);
        if (options.Help)
        {
            Console.Out.WriteLine(Full);
            return;
        }
        Directory.CreateDirectory(options.Out);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(results))!);
        var methods = KnownMethod.All.Where(m => names is null || names.Contains(m.Name, StringComparer.OrdinalIgnoreCase)).ToList();
        new MethodsBenchmark(options, new ResultsFile(results), methods, cancellation).Carry();
    }

    private void Carry()
    {
        var dataset = DataSource.Open(options, _display.Say, cancellation);
        var training = new Training(_ml, options, dataset, _display, cancellation);
        var rows = dataset.FirstOfEachClass(options.Limit ?? (options.Data is null ? 1000 : int.MaxValue));
        // A teacher takes time to make, and where every run is there already none is needed.
        var teacher = new Lazy<OnnxTeacher>(() => TeacherChoice.Make(_ml, options, dataset, training, _display).Teacher);
        var evaluation = new Evaluation(_ml, training.View(dataset.Test));
        var setting = FormattableString.Invariant(
            $"{dataset.Name}, {rows.Count} images, {options.Student.Name} from {TeacherSetting(training)}, {training.Epochs} epochs of batches of {training.BatchSize}, data seed {options.Seed}");
        for (var seed = options.Seed; seed < options.Seed + options.Seeds; seed++)
        {
            RunOne(Alone, seed, () => training.Fit($"{Alone}, seed {seed}", rows, options.Student, seed, training.Epochs));
            foreach (var method in methods)
                RunOne(method.Name, seed, () => training.Fit($"{method.Name}, seed {seed}", rows, options.Student, seed, training.Epochs, method.NeedsTeacher ? teacher.Value : null, method.Create()));
        }
        Show(setting);

        void RunOne(string name, int seed, Func<Trained> train)
        {
            if (results.Find(setting, name, seed) is not null)
                return;
            cancellation.ThrowIfCancellationRequested();
            var result = new MethodResult { Setting = setting, Method = name, Seed = seed };
            try
            {
                using var trained = train();
                result = result with
                {
                    Accuracy = evaluation.Measure(evaluation.Score(trained.Model)).MicroAccuracy,
                    SecondsPerEpoch = trained.Report.SecondsPerEpoch,
                    ImagesPerSecond = trained.Report.ImagesPerSecond,
                    Versions = string.Join(", ", trained.Report.Versions.Select(v => $"{v.Key} {v.Value}")),
                };
            }
            catch (Exception e) when (name != Alone && (e is ArgumentException or InvalidOperationException or InvalidDataException))
            {
                // A method that doesn't fit this pair, or diverges on it, is a result too; the others are not to wait for it.
                result = result with { Fault = e.Message };
                _display.Say($"  {name}: {e.Message}");
            }
            results.Add(result);
        }
    }

    /// <summary>What makes the teacher the same one: its file's content, or how it is trained here.</summary>
    private string TeacherSetting(Training training)
    {
        if (!options.TeacherIsFile)
            return $"{options.Teacher} of {training.TeacherEpochs} epochs";
        var content = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(options.Teacher)))[..8];
        return $"{Path.GetFileName(options.Teacher)} ({content}, normalization {options.TeacherNormalization?.ToString() ?? "by its file or as measured"})";
    }

    private void Show(string setting)
    {
        var table = new Table().Border(TableBorder.Simple).Title(Markup.Escape(setting)).AddColumns("Method", "Accuracy", "Gain", "Deviation", "Seeds", "Seconds an epoch");
        var seeds = Enumerable.Range(options.Seed, options.Seeds).ToList();
        var alone = seeds.ToDictionary(seed => seed, seed => results.Find(setting, Alone, seed)!);
        foreach (var name in methods.Select(m => m.Name).Prepend(Alone))
        {
            var runs = seeds.Select(seed => results.Find(setting, name, seed)!).Where(run => run.Fault is null).ToList();
            if (runs.Count == 0)
            {
                table.AddRow(name, "failed", "", "", "0", "");
                continue;
            }
            var gains = runs.Select(run => 100 * (run.Accuracy!.Value - alone[run.Seed].Accuracy!.Value)).ToList();
            table.AddRow(name, Text(100 * runs.Average(r => r.Accuracy!.Value), "0.00"), name == Alone ? "" : Text(gains.Average(), "+0.00;-0.00"),
                gains.Count < 2 || name == Alone ? "" : Text(Deviation(gains), "0.00"), $"{runs.Count}", Text(runs.Average(r => r.SecondsPerEpoch!.Value), "0.0"));
        }
        AnsiConsole.Write(table);
    }

    private static double Deviation(List<double> values) => Math.Sqrt(values.Sum(v => Math.Pow(v - values.Average(), 2)) / (values.Count - 1));

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string? Taken(List<string> arguments, string name)
    {
        var place = arguments.IndexOf(name);
        if (place < 0)
            return null;
        if (place + 1 >= arguments.Count)
            throw new ArgumentException($"{name} needs a value.");
        var value = arguments[place + 1];
        arguments.RemoveRange(place, 2);
        return value;
    }
}
