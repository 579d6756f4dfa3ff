using Microsoft.ML;
using Microsoft.ML.Distillation;
using Samples.Common;
using Samples.ObjectDetection;
using Samples.ObjectDetection.Data;

namespace Benchmarks;

/// <summary>What distillation and 8 bits do to a detector, each alone and both together: precision, size and time.</summary>
internal sealed class QuantizeDetectionBenchmark(SampleOptions options, ResultsFile results, CancellationToken cancellation)
{
    private const string Student = "student", Distilled = "distilled", Int8 = "int8", DistilledInt8 = "distilled int8";

    private const string Help = """
        Trains a detector alone and distilled, and brings both to 8 bits. Appends a line a result and seed to the results file and skips what is there already: mAP 50 and mAP on
        the test images, size of the file, milliseconds for 1 image and for 32 in ONNX Runtime on the CPU, suppression included. A teacher trained here is kept in the output
        folder. Takes the options of build/sample.sh detection, and:

          --results FILE     (artifacts/quantize-detection.jsonl)
        """;

    private readonly ProgressDisplay _display = new();
    private readonly MLContext _ml = new(options.Seed);

    public static void Run(string[] arguments, CancellationToken cancellation)
    {
        if (DetectionArguments.Parse([.. arguments], "quantize-detection.jsonl", Help) is { } given)
            new QuantizeDetectionBenchmark(given.Options, given.Results, cancellation).Carry();
    }

    private void Carry()
    {
        var dataset = DataSource.Open(_ml, options, _display.Say, cancellation);
        var training = new Training(_ml, options, dataset, _display, cancellation);
        var rows = dataset.Some(options.MostRows, options.Seed);
        var teacher = new KeptDetectorTeacher(options, dataset, training);
        var models = new ModelResults(results, $"{teacher.SettingOf(rows.Count)}, {options.Method.Name}", options.Threads, "boxes");
        var (learned, test) = (training.ImageView(rows), training.ImageView(dataset.Test));
        int[] seeds = [.. Enumerable.Range(options.Seed, options.Seeds)];
        foreach (var seed in seeds)
        {
            Run(Student, Int8, seed, () => training.Fit($"alone, seed {seed}", rows, options.Student, seed, training.Epochs));
            Run(Distilled, DistilledInt8, seed, () => training.Fit($"distilled, seed {seed}", rows, options.Student, seed, training.Epochs, teacher.Value, options.Method));
        }
        models.Show(seeds, [Student, Distilled, Int8, DistilledInt8], ("mAP50", run => run.Precision50), ("mAP", run => run.Precision));

        void Run(string name, string int8Name, int seed, Func<Trained> train)
        {
            if (models.Has(seed, [name, int8Name]))
                return;
            cancellation.ThrowIfCancellationRequested();
            using var trained = train();
            var path = Path.Combine(options.Out, "student.onnx");
            var int8 = trained.Detector.SaveAsOnnx(path, Quantization.Int8(learned, null, test));
            models.Add(name, seed, trained.Report, trained.Detector.ToOnnx(), result => result with { Precision50 = int8.FloatMeanAveragePrecision50, Precision = int8.FloatMeanAveragePrecision });
            models.Add(int8Name, seed, trained.Report, File.ReadAllBytes(path), result => result with { Precision50 = int8.MeanAveragePrecision50, Precision = int8.MeanAveragePrecision });
        }
    }
}
