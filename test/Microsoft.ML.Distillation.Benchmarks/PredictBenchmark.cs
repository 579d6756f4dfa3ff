using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Distillation;

namespace Benchmarks;

/// <summary>Images a second that a student predicts: one at a time and many, through ML.NET and in bare ONNX Runtime, in floats and in smaller numbers, with its teacher beside it.</summary>
internal sealed class PredictBenchmark(PredictOptions options, CancellationToken cancellation) : IDisposable
{
    private const int Images = 64; // in memory
    private const string Engine = "engine", Transform = "transform", Bulk = "bulk", SideBySide = "onnx side by side", Teacher = "onnx teacher";
    private readonly MLContext _ml = new(1);
    private readonly List<Candidate> _candidates = [];
    private readonly Dictionary<string, long> _bytes = [];
    private readonly Stack<IDisposable> _open = new();

    public static void Run(string[] arguments, CancellationToken cancellation)
    {
        var options = PredictOptions.Parse(arguments);
        if (options.Help)
        {
            Console.Out.WriteLine(PredictOptions.HelpText);
            return;
        }
        using var benchmark = new PredictBenchmark(options, cancellation);
        benchmark.Carry();
    }

    public void Dispose()
    {
        while (_open.TryPop(out var last))
            last.Dispose();
    }

    private void Carry()
    {
        var rows = Enumerable.Range(0, Images).Select(i => new NoiseRow(i, options.Size)).ToList();
        var data = _ml.Data.LoadFromEnumerable(rows);
        var labelled = _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.Conversion.MapValueToKey("Labels")).Fit(data).Transform(data);
        var student = Open(Predictor.Fit(_ml, options, labelled, cancellation));
        AddMlNet(student, rows, labelled);
        AddOnnx(student, labelled);
        for (var round = 1; round <= options.Rounds; round++)
            _candidates.ForEach(candidate => Measure(candidate, round));
        Compare();
    }

    private void AddMlNet(Predictor student, IReadOnlyList<NoiseRow> rows, IDataView data)
    {
        var engine = Open(_ml.Model.CreatePredictionEngine<NoiseRow, Prediction>(student.Model));
        var view = options.Images == rows.Count ? data : _ml.Data.LoadFromEnumerable(Enumerable.Range(0, options.Images).Select(i => rows[i % rows.Count]).ToList());
        var row = 0;
        Add(Engine, 1, 1, () => engine.Predict(rows[row++ % rows.Count]));
        Add(Transform, 1, options.Images, () => _ = student.Model.Transform(view).GetColumn<float[]>("Score").Count());
        foreach (var batch in options.Batches)
            Add(Bulk, batch, options.Images, () => _ = student.InBatches(view, batch).GetColumn<float[]>("Score").Count());
    }

    private void AddOnnx(Predictor student, IDataView labelled)
    {
        var folder = Directory.CreateTempSubdirectory("distillation-predict-");
        try
        {
            AddModel("onnx float32", student.Onnx, student.Output);
            AddSideBySide(student);
            AddModel("onnx float16", Quantized(Quantization.Float16()), student.Output);
            AddModel("onnx int8", Quantized(Quantization.Int8(labelled)), student.Output);
            AddModel("onnx int8 whole", Quantized(Quantization.Int8(labelled, new Int8Options { KeepFirstAndLast = false })), student.Output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        if (options.TeacherName is not null)
            AddModel(Teacher, Predictor.Teacher(options.Teacher, options.DetectorTeacher, options.Size), student.Output);

        byte[] Quantized(Quantization quantization)
        {
            var path = Path.Combine(folder.FullName, "student.onnx");
            student.Save(path, quantization);
            return File.ReadAllBytes(path);
        }
    }

    private void AddSideBySide(Predictor student)
    {
        const int runs = 4;
        var (bare, threads) = (Open(new BareOnnx(student.Onnx, student.Output, threads: 1)), Environment.ProcessorCount);
        foreach (var batch in options.Batches)
        {
            var (pixels, shape) = Noise(batch);
            Add(SideBySide, batch, threads * runs * batch, () => bare.RunSideBySide(pixels, shape, threads, runs));
        }
    }

    private (float[] Pixels, long[] Shape) Noise(int batch)
    {
        var pixels = new float[batch * 3 * options.Size.Pixels];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = i * 7919L % 256;
        return (pixels, [batch, 3, options.Size.Height, options.Size.Width]);
    }

    private void AddModel(string config, byte[] model, string output)
    {
        _bytes[config] = model.Length;
        var bare = Open(new BareOnnx(model, output));
        foreach (var batch in options.Batches)
        {
            var (pixels, shape) = Noise(batch);
            Add(config, batch, batch, () => bare.Run(pixels, shape));
        }
    }

    private void Add(string config, int batch, int images, Action once) => _candidates.Add(new Candidate(config, batch, images, once, []));

    private T Open<T>(T part) where T : IDisposable
    {
        _open.Push(part);
        return part;
    }

    private void Measure(Candidate candidate, int round)
    {
        cancellation.ThrowIfCancellationRequested();
        candidate.Once();
        var (watch, times) = (Stopwatch.StartNew(), 0);
        for (; times == 0 || watch.Elapsed.TotalSeconds < options.Seconds; times++)
            candidate.Once();
        var rate = times * candidate.Images / watch.Elapsed.TotalSeconds;
        candidate.Rates.Add(rate);
        new Measured(candidate.Config, Math.Round(rate, 2))
        {
            Student = options.StudentName, Teacher = options.TeacherName, Batch = candidate.Batch, Round = round, Threads = Environment.ProcessorCount,
            Figures = _bytes.TryGetValue(candidate.Config, out var bytes) ? new Dictionary<string, double> { ["bytes"] = bytes } : null,
        }.Print();
    }

    // Round by round: what else the machine did met both sides alike.
    private void Compare()
    {
        const string plain = "onnx float32";
        Ratio(Engine, plain, one => one.Batch == 1);
        Ratio(Bulk, plain, _ => true);
        Ratio(Bulk, SideBySide, _ => true);
        Ratio(Bulk, Transform, _ => true);
        foreach (var config in _bytes.Keys.Where(config => config != plain))
        {
            foreach (var batch in options.Batches)
                Ratio(config == Teacher ? plain : config, config == Teacher ? Teacher : plain, one => one.Batch == batch, batch);
        }
    }

    /// <summary>How many times as fast one is as another, each at the best of its batches.</summary>
    private void Ratio(string config, string other, Func<Candidate, bool> which, int? batch = null)
    {
        var rates = Enumerable.Range(0, options.Rounds).Select(round => Best(config, round) / Best(other, round));
        var figures = new Dictionary<string, double> { ["speed"] = Math.Round(Measured.Median(rates), 3) };
        if (_bytes.TryGetValue(config, out var bytes) && _bytes.TryGetValue(other, out var others))
            figures["size"] = Math.Round((double)bytes / others, 3);
        new Measured($"{config} / {other}") { Student = options.StudentName, Teacher = options.TeacherName, Batch = batch, Figures = figures }.Print();

        double Best(string name, int round) => _candidates.Where(one => one.Config == name && which(one)).Max(one => one.Rates[round]);
    }

    /// <summary>Something that predicts.</summary>
    /// <param name="Images">How many in one go.</param>
    /// <param name="Rates">Images a second, one a round.</param>
    private sealed record Candidate(string Config, int Batch, int Images, Action Once, List<double> Rates);

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];
    }
}
