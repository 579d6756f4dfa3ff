using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.Onnx;

namespace Benchmarks;

/// <summary>Images a second that a student predicts: one at a time and many, through ML.NET and in bare ONNX Runtime, in floats and in smaller numbers.</summary>
internal sealed class PredictBenchmark(PredictOptions options, CancellationToken cancellation)
{
    private const int Images = 64;
    private readonly MLContext _ml = new(1);

    public static void Run(string[] arguments, CancellationToken cancellation)
    {
        var options = PredictOptions.Parse(arguments);
        if (options is null)
            Console.Out.WriteLine(PredictOptions.Help);
        else
            new PredictBenchmark(options, cancellation).Carry();
    }

    private void Carry()
    {
        var size = options.Size is { } side ? new ImageSize(side, side) : options.Student.DefaultImageSize;
        var rows = Enumerable.Range(0, Images).Select(i => new NoiseRow(i, size)).ToList();
        var data = _ml.Data.LoadFromEnumerable(rows);
        var keys = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(data);
        var labelled = keys.Transform(data);
        using var student = _ml.DistillImageClassification(new ImageClassificationDistillationOptions
        {
            Student = options.Student, ImageSize = size, Epochs = 1, BatchSize = 16, Augmentation = ImageAugmentation.None, Checkup = null, Seed = 1, CancellationToken = cancellation,
        }).Fit(labelled);
        OfMlNet(student, rows, labelled);
        var folder = Directory.CreateTempSubdirectory("distillation-predict-");
        try
        {
            OfOnnx("float32", student.ToOnnx(), size);
            OfOnnx("float16", Quantized(Quantization.Float16()), size);
            OfOnnx("int8", Quantized(Quantization.Int8(labelled)), size);
            OfOnnx("int8 whole", Quantized(Quantization.Int8(labelled, new Int8Options { KeepFirstAndLast = false })), size);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        byte[] Quantized(Quantization quantization)
        {
            var path = Path.Combine(folder.FullName, "student.onnx");
            student.SaveAsOnnx(path, quantization);
            return File.ReadAllBytes(path);
        }
    }

    private void OfMlNet(ImageClassificationDistillationTransformer student, IReadOnlyList<NoiseRow> rows, IDataView data)
    {
        using var engine = _ml.Model.CreatePredictionEngine<NoiseRow, Prediction>(student);
        var row = 0;
        Measure("engine", 1, 1, () => engine.Predict(rows[row++ % rows.Count]));
        Measure("transform", 1, Images, () => _ = student.Transform(data).GetColumn<float[]>("Score").Count());
        foreach (var batch in options.Batches)
            Measure("bulk", batch, Images, () => _ = student.ScoreInBatches(data, batch).GetColumn<float[]>("Score").Count());
    }

    private void OfOnnx(string numbers, byte[] model, ImageSize size)
    {
        using var runner = new OnnxRunner(model, numbers);
        foreach (var batch in options.Batches)
        {
            var pixels = new float[batch * 3 * size.Pixels];
            for (var i = 0; i < pixels.Length; i++)
                pixels[i] = i * 7919L % 256;
            Measure($"onnx {numbers}", batch, batch, () => runner.Run(pixels, [batch, 3, size.Height, size.Width], ["probabilities"]));
        }
    }

    private void Measure(string config, int batch, int images, Action once)
    {
        cancellation.ThrowIfCancellationRequested();
        once();
        var (watch, times) = (Stopwatch.StartNew(), 0);
        for (; times == 0 || watch.Elapsed.TotalSeconds < options.Seconds; times++)
            once();
        var rate = Math.Round(times * images / watch.Elapsed.TotalSeconds, 2);
        Console.Out.WriteLine(JsonSerializer.Serialize(new { config, student = options.Student.Name, batch, imagesPerSecond = rate, packages = Packages }));
    }

    // Real packages and stand-ins are built into folders of these names.
    private static string Packages => AppContext.BaseDirectory.Split('/', '\\').Contains("offline") ? "offline" : "real";

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];
    }
}

/// <summary>An image of noise, made anew whenever it is asked for: transformers dispose of theirs.</summary>
internal sealed class NoiseRow(int number, ImageSize size)
{
    private readonly byte[] _pixels = Pixels(number, size);

    public string Label { get; init; } = number % 2 == 0 ? "even" : "odd";

    [AnySizeImage]
    public MLImage Image
    {
        get => MLImage.CreateFromPixels(size.Width, size.Height, MLPixelFormat.Rgba32, _pixels);
        set => throw new NotSupportedException("These images are read only.");
    }

    private static byte[] Pixels(int number, ImageSize size)
    {
        var pixels = new byte[4 * size.Width * size.Height];
        new Random(number).NextBytes(pixels);
        return pixels;
    }
}

/// <summary>What to measure, and for how long.</summary>
internal sealed record PredictOptions(ImageClassifier Student, int? Size, IReadOnlyList<int> Batches, double Seconds)
{
    public const string Help = """
        Measures how many images a second a student predicts, through a PredictionEngine (engine), a data view (transform), many rows at a time (bulk), and in bare ONNX Runtime
        (onnx float32, float16, int8, and int8 whole, whose first and last layers are in 8 bits too). Prints a JSON object a line. Its images are noise, and its student learned next to nothing: only the time is of interest.

          --student NAME     (resnet20)
          --size N           width and height of the images (the student's own)
          --batches N,N,…    images at a time (1,32)
          --seconds S        how long each is measured (2)
        """;

    /// <returns>Null where help is asked for.</returns>
    public static PredictOptions? Parse(string[] arguments)
    {
        var options = new PredictOptions(ImageClassifier.ResNet20, null, [1, 32], 2);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (arguments[i] is "--help" or "-h")
                return null;
            var value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} needs a value.");
            options = arguments[i] switch
            {
                "--student" => options with { Student = ImageClassifier.Parse(value) },
                "--size" => options with { Size = Whole(arguments[i], value) },
                "--batches" => options with { Batches = [.. value.Split(',').Select(part => Whole("--batches", part))] },
                "--seconds" => options with { Seconds = double.TryParse(value, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? seconds : throw new ArgumentException($"--seconds: '{value}' is no time above 0.") },
                _ => throw new ArgumentException($"There is no option '{arguments[i]}'.{Environment.NewLine}{Help}"),
            };
        }
        return options;
    }

    private static int Whole(string option, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw new ArgumentException($"{option}: '{value}' is no whole number above 0.");
}
