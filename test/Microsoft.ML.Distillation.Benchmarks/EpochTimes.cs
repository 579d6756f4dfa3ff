using Microsoft.ML;
using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace Benchmarks;

/// <summary>What an epoch took.</summary>
/// <param name="Phases">Seconds by what they went to.</param>
/// <param name="Resident">Bytes of memory at its end.</param>
internal sealed record EpochTime(IReadOnlyDictionary<string, double> Phases, long Images, long Resident)
{
    public double Seconds => Phases.Values.Sum();

    public double ImagesPerSecond => Images / Seconds;
}

/// <summary>Trains on images that were read, with the library's own loop, and says what each epoch took.</summary>
internal sealed class EpochTimes(EpochOptions options, PixelStore store, IReadOnlyList<string> classNames, CancellationToken cancellation)
{
    /// <param name="teacher">Null for a student alone.</param>
    public IReadOnlyList<EpochTime> Measure(Teacher? teacher, ImageAugmentation augmentation, TeacherCacheOptions? cache)
    {
        var precision = PrecisionChoice.Choose(options.Precision, CPU);
        var settings = new TrainingSettings(
            options.Epochs, options.Batch, new SgdOptions(), new ConstantRate(), augmentation, teacher is null ? [] : [new KnowledgeDistillation()], Seed: 1, cancellation) { Precision = precision, TeacherCache = cache };
        using var student = options.Student.CreateModule(classNames, seed: 1);
        using var view = new PixelTransforms(store.Size, store.Size, ImageNormalization.Cifar10, CPU);
        using var opened = teacher is null ? null : OpenedTeacher.Open(teacher, new TeacherSettings(CPU, options.Threads) { Precision = precision }, classNames);
        using var task = new ClassificationTask(settings, new TrainingInputs(student, view, store.Size, store, null, opened, CPU));
        var timed = new TimedTask(task);
        using var channel = ((IHostEnvironment)new MLContext(1)).Start(nameof(EpochTimes));
        using var loop = new TrainingLoop(settings, timed, new ProgressReporter(null, channel, options.Epochs));
        var total = loop.Run().Clock.Seconds;
        return [.. timed.Phases.Select((began, epoch) => new EpochTime(
            (epoch + 1 < timed.Phases.Count ? timed.Phases[epoch + 1] : total).ToDictionary(p => p.Key, p => p.Value - began.GetValueOrDefault(p.Key)),
            (long)task.StepsPerEpoch * task.BatchSize, timed.Resident[epoch]))];
    }

    /// <summary>A teacher that knows nothing, and takes as long as one that does.</summary>
    public static StudentTeacher UntrainedTeacher(ImageClassifier architecture, IReadOnlyList<string> classNames, ImageSize size)
    {
        using var module = architecture.CreateModule(classNames, seed: 2);
        return StudentTeacher.FromOnnx(StudentExporter.Standalone(module, new StudentDescription(architecture.Name, classNames, size, size, ImageNormalization.Cifar10, "none")));
    }
}
