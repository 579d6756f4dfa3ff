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

/// <summary>Two epochs of the library's own loop on noise, of which the second is timed: by then everything is warm, and a cache is full.</summary>
internal sealed class SyntheticSteps(StepsOptions options, string config, Device device, CancellationToken cancellation)
{
    private const int Side = 32, Epochs = 2;
    private const string Tuned = "tuned", Cached = "cached", Distilled = "-kd";
    private static readonly ImageSize _size = new(Side, Side);
    // The labels' classes are the teacher's, by the names that its file has for them.
    private readonly string[] _classNames =
        [.. options.TeacherFile?.ClassNames ?? Enumerable.Range(0, options.TeacherFile?.Inspect(_size).ClassCount ?? 100).Select(i => $"class {i}")];

    public static readonly IReadOnlyList<string> Configs = ["fp32-plain", "fp32-kd", "tuned-plain", "tuned-kd", "cached-kd"];

    public static bool HasTeacher(string config) => config.EndsWith(Distilled, StringComparison.Ordinal);

    /// <returns>Images a second.</returns>
    public double Measure()
    {
        var precision = config.StartsWith(Tuned, StringComparison.Ordinal) || config.StartsWith(Cached, StringComparison.Ordinal) ? Precision.BFloat16 : Precision.Float32;
        var settings = new TrainingSettings(
            Epochs, options.Batch, new SgdOptions { LearningRate = .05, Nesterov = false }, new ConstantRate(),
            config.StartsWith(Cached, StringComparison.Ordinal) ? ImageAugmentation.None : new ImageAugmentation(),
            HasTeacher(config) ? [new KnowledgeDistillation { Temperature = 4, Alpha = .9 }] : [], Seed: 1, cancellation)
        {
            Precision = precision, TeacherCache = config.StartsWith(Cached, StringComparison.Ordinal) ? new TeacherCacheOptions() : null,
        };
        using var student = options.Student.CreateModule(_classNames, seed: 1);
        student.to(device);
        using var store = Noise();
        using var view = new PixelTransforms(_size, _size, ImageNormalization.Cifar10, device);
        using var teacher = HasTeacher(config) ? OpenTeacher(precision) : null;
        using var task = new ClassificationTask(settings, new TrainingInputs(student, view, _size, store, null, teacher, device));
        var timed = new TimedTask(task);
        using var channel = ((IHostEnvironment)new MLContext(1)).Start(nameof(SyntheticSteps));
        using var loop = new TrainingLoop(settings, timed, new ProgressReporter(null, channel, Epochs));
        loop.Run();
        var first = timed.Starts[task.StepsPerEpoch];
        return options.Batch * (task.StepsPerEpoch - 1) / Stopwatch.GetElapsedTime(first, timed.Starts[^1]).TotalSeconds;
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
        for (var row = 0; row < options.Batch * (options.Steps + 1); row++)
            random.NextBytes(store.Add(row % _classNames.Length));
        return store;
    }
}
