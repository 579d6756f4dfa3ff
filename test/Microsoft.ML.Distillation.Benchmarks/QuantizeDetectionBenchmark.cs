using Microsoft.ML;
using Microsoft.ML.Distillation;
using Samples.Common;
using Samples.ObjectDetection;
using Samples.ObjectDetection.Data;

namespace Benchmarks;

/// <summary>What distillation and 8 bits do to a detector, each alone and both together: precision, size and time.</summary>
internal sealed class QuantizeDetectionBenchmark(SampleOptions options, ResultsFile results, QuantizationAwareOptions aware, CancellationToken cancellation)
{
    private const string Student = "student", Distilled = "distilled", Int8 = "int8", DistilledInt8 = "distilled int8", Aware = "distillation-aware int8";

    private const string Help = """
        Trains a detector alone and distilled, and brings both to 8 bits: after the training, and (distilled) by training on in 8 bits with the teacher. Appends a line a result and
        seed to the results file and skips what is there already: mAP 50 and mAP on the test images, size of the file, milliseconds for 1 image and for 32 in ONNX Runtime on the
        CPU, suppression included. A teacher trained here is kept in the output folder. Takes the options of build/sample.sh detection, and:

          --results FILE        (artifacts/quantize-detection.jsonl)
        """;

    private static readonly string[] _rows = [Student, Distilled, Int8, DistilledInt8, Aware];
    private readonly ProgressDisplay _display = new();
    private readonly MLContext _ml = new(options.Seed);

    public static void Run(string[] arguments, CancellationToken cancellation)
    {
        var rest = new List<string>(arguments);
        var aware = AwareArguments.Take(rest);
        if (DetectionArguments.Parse(rest, "quantize-detection.jsonl", $"{Help}{Environment.NewLine}{AwareArguments.Help}") is { } given)
            new QuantizeDetectionBenchmark(given.Options, given.Results, aware, cancellation).Carry();
    }

    private void Carry()
    {
        var dataset = DataSource.Open(_ml, options, _display.Say, cancellation);
        var training = new Training(_ml, options, dataset, _display, cancellation);
        var rows = dataset.Some(options.MostRows, options.Seed);
        var teacher = new KeptDetectorTeacher(options, dataset, training);
        var models = new ModelResults(results, $"{teacher.SettingOf(rows.Count)}, {options.Method.Name}, in 8 bits {aware}", options.Threads, "boxes");
        var (learned, test) = (training.ImageView(rows), training.ImageView(dataset.Test));
        int[] seeds = [.. Enumerable.Range(options.Seed, options.Seeds)];
        foreach (var seed in seeds)
        {
            Run(seed, [Student, Int8], () => training.Fit($"alone, seed {seed}", rows, options.Student, seed, training.Epochs));
            Run(seed, [Distilled, DistilledInt8, Aware], () => training.Fit($"distilled, seed {seed}", rows, options.Student, seed, training.Epochs, teacher.Value, options.Method, aware));
        }
        models.Show(seeds, _rows, ("mAP50", run => run.Precision50), ("mAP", run => run.Precision));

        void Run(int seed, string[] names, Func<Trained> train)
        {
            if (models.Has(seed, names))
                return;
            cancellation.ThrowIfCancellationRequested();
            using var trained = train();
            var path = Path.Combine(options.Out, "student.onnx");
            var int8 = trained.Detector.SaveAsOnnx(path, Quantization.Int8(learned, null, test));
            Add(names[0], trained.Detector.ToOnnx(), int8.FloatMeanAveragePrecision50, int8.FloatMeanAveragePrecision);
            Add(names[1], File.ReadAllBytes(path), int8.MeanAveragePrecision50, int8.MeanAveragePrecision);
            if (names.Length < 3)
                return;
            var report = trained.Detector.SaveAsOnnx(path, Quantization.Int8Trained(test));
            Add(names[2], File.ReadAllBytes(path), report.MeanAveragePrecision50, report.MeanAveragePrecision);

            void Add(string name, byte[] onnx, double? at50, double? mean) => models.Add(name, seed, trained.Report, onnx, result => result with { Precision50 = at50, Precision = mean });
        }
    }
}
