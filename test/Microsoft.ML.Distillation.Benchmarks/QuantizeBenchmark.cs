using Microsoft.ML;
using Microsoft.ML.Distillation;
using Samples.Common;
using Samples.Common.Images;
using Samples.ImageClassification;

namespace Benchmarks;

/// <summary>What distillation and 8 bits do to a student, each alone and both together: accuracy, size and time.</summary>
internal sealed class QuantizeBenchmark(SampleOptions options, ResultsFile results, QuantizationAwareOptions aware, CancellationToken cancellation)
{
    private const string Student = "student", Distilled = "distilled", Int8 = "int8", DistilledInt8 = "distilled int8", Aware = "distillation-aware int8";

    private const string Help = """
        Trains a student alone and distilled, and brings both to 8 bits: after the training, and (distilled) by training on in 8 bits with the teacher. Appends a line a result
        and seed to the results file and skips what is there already: accuracy on the test images, size of the file, milliseconds for 1 image and for 32 in ONNX Runtime on the CPU.
        Takes the options of build/sample.sh, and:

          --results FILE        (artifacts/quantize.jsonl)
        """;

    private static readonly string Full = string.Join(Environment.NewLine, Help, AwareArguments.Help, "", OptionParser.Help);
    private static readonly string[] _rows = [Student, Distilled, Int8, DistilledInt8, Aware];
    private readonly ProgressDisplay _display = new();
    private readonly MLContext _ml = new(options.Seed);

    public static void Run(string[] arguments, CancellationToken cancellation)
    {
        var rest = new List<string>(arguments);
        var file = CommandLine.Take(rest, "--results") ?? Path.Combine("artifacts", "quantize.jsonl");
        var aware = AwareArguments.Take(rest);
        var options = OptionParser.Parse([.. rest]);
        if (options.Help)
        {
            Console.Out.WriteLine(Full);
            return;
        }
        Directory.CreateDirectory(options.Out);
        new QuantizeBenchmark(options, ResultsFile.Open(file), aware, cancellation).Carry();
    }

    private void Carry()
    {
        var dataset = DataSource.Open(options.Data, options.Out, options.Seed, _display.Say, cancellation);
        var training = new Training(_ml, options, dataset, _display, cancellation);
        var rows = dataset.FirstOfEachClass(options.Limit ?? (options.Data is null ? 1000 : int.MaxValue));
        // A teacher takes time to make, and where every run is there already none is needed.
        var teacher = new Lazy<OnnxTeacher>(() => TeacherChoice.Make(_ml, options, dataset, training, _display).Teacher);
        var (learned, test) = (training.ImageView(rows), training.ImageView(dataset.Test));
        var setting = FormattableString.Invariant(
            $"{dataset.Name}, {rows.Count} images, {options.Student.Name} from {TeacherSetting.Of(options, training)}, {training.Epochs} epochs of batches of {training.BatchSize}, data seed {options.Seed}, in 8 bits {aware}");
        var models = new ModelResults(results, setting, options.Threads, "probabilities");
        int[] seeds = [.. Enumerable.Range(options.Seed, options.Seeds)];
        foreach (var seed in seeds)
        {
            Run(models, seed, [Student, Int8], () => training.Fit($"alone, seed {seed}", rows, options.Student, seed, training.Epochs), learned, test);
            Run(models, seed, [Distilled, DistilledInt8, Aware], () => training.Fit($"distilled, seed {seed}", rows, options.Student, seed, training.Epochs, teacher.Value, aware: aware), learned, test);
        }
        models.Show(seeds, _rows, ("Accuracy", run => run.Accuracy));
    }

    /// <summary>One training and all that is made of its student.</summary>
    private void Run(ModelResults models, int seed, string[] names, Func<Trained> train, IDataView learned, IDataView test)
    {
        if (models.Has(seed, names))
            return;
        cancellation.ThrowIfCancellationRequested();
        using var trained = train();
        var path = Path.Combine(options.Out, "student.onnx");
        var int8 = trained.Student.SaveAsOnnx(path, Quantization.Int8(learned, null, test));
        Add(names[0], trained.Student.ToOnnx(), int8.FloatAccuracy);
        Add(names[1], File.ReadAllBytes(path), int8.Accuracy);
        if (names.Length < 3)
            return;
        var report = trained.Student.SaveAsOnnx(path, Quantization.Int8Trained(test));
        Add(names[2], File.ReadAllBytes(path), report.Accuracy);

        void Add(string name, byte[] onnx, double? accuracy) => models.Add(name, seed, trained.Report, onnx, result => result with { Accuracy = accuracy });
    }
}
