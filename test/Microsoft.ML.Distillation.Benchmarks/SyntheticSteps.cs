using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Benchmarks;

/// <summary>The library's own loop on noise: some steps to warm up, then blocks of steps that are timed; where answers are kept, in the second epoch.</summary>
internal sealed class SyntheticSteps(StepsOptions options, string config, Device device, CancellationToken cancellation)
{
    private const int Side = 32, WarmUp = 3, Blocks = 5;
    private const string Tuned = "tuned", Cached = "cached", Distilled = "-kd";
    private static readonly ImageSize _size = new(Side, Side);
    // The labels' classes are the teacher's, by the names that its file has for them.
    private readonly string[] _classNames =
        [.. options.TeacherFile?.ClassNames ?? Enumerable.Range(0, options.TeacherFile?.Inspect(_size).ClassCount ?? 100).Select(i => $"class {i}")];

    public static readonly IReadOnlyList<string> Configs = ["fp32-plain", "fp32-kd", "tuned-plain", "tuned-kd", "cached-kd"];

    public static bool HasTeacher(string config) => config.EndsWith(Distilled, StringComparison.Ordinal);

    /// <returns>Images a second: the median of the blocks.</returns>
    public double Measure()
    {
        var caches = config.StartsWith(Cached, StringComparison.Ordinal);
        var epochs = caches ? 2 : 1;
        var precision = caches || config.StartsWith(Tuned, StringComparison.Ordinal) ? Precision.BFloat16 : Precision.Float32;
        var settings = new TrainingSettings(
            epochs, options.Batch, new SgdOptions { LearningRate = .05, Nesterov = false }, new ConstantRate(),
            caches ? ImageAugmentation.None : new ImageAugmentation(),
            HasTeacher(config) ? [new KnowledgeDistillation { Temperature = 4, Alpha = .9 }] : [], Seed: 1, cancellation)
        {
            Precision = precision, TeacherCache = caches ? new TeacherCacheOptions() : null,
        };
        using var student = options.Student.CreateModule(_classNames, seed: 1);
        student.to(device);
        using var store = Noise();
        using var view = new PixelTransforms(_size, _size, ImageNormalization.Cifar10, device);
        using var teacher = HasTeacher(config) ? OpenTeacher(precision) : null;
        using var task = new ClassificationTask(settings, new TrainingInputs(student, view, _size, store, null, teacher, device));
        var timed = new TimedTask(task);
        using var channel = ((IHostEnvironment)new MLContext(1)).Start(nameof(SyntheticSteps));
        using var loop = new TrainingLoop(settings, timed, new ProgressReporter(null, channel, epochs));
        loop.Run();
        var first = (epochs - 1) * task.StepsPerEpoch + WarmUp;
        var seconds = Enumerable.Range(0, Blocks).Select(block => Stopwatch.GetElapsedTime(timed.Starts[first + block * options.Steps], timed.Starts[first + (block + 1) * options.Steps]).TotalSeconds);
        return options.Batch * options.Steps / seconds.Order().ElementAt(Blocks / 2);
    }

    private OpenedTeacher OpenTeacher(Precision precision)
    {
        var settings = new TeacherSettings(device, options.Threads) { Precision = precision };
        if (options.TeacherFile is { } file)
            return OpenedTeacher.Open(file, settings, _classNames);
        using var module = options.Teacher.CreateModule(_classNames, seed: 2);
        var description = new StudentDescription(options.Teacher.Name, _classNames, _size, _size, ImageNormalization.Cifar10, "none");
        return OpenedTeacher.Open(StudentTeacher.FromOnnx(StudentExporter.Standalone(module, description)), settings, _classNames);
    }

    // A step more than are timed: a step ends where the next begins.
    private PixelStore Noise()
    {
        var store = new PixelStore(_size, long.MaxValue, Path.GetTempPath());
        var random = new Random(1);
        for (var row = 0; row < options.Batch * (WarmUp + Blocks * options.Steps + 1); row++)
            random.NextBytes(store.Add(row % _classNames.Length));
        return store;
    }
}
