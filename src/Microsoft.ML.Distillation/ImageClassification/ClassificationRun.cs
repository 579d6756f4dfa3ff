using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>One call of Fit, from rows to the fitted transformer.</summary>
internal sealed partial class ClassificationRun(MLContext ml, ImageClassificationDistillationOptions options, int seed, IChannel channel)
{
    private readonly ProgressReporter _progress = new(options.Progress, channel, options.Epochs);
    private readonly int _threads = options.Threads ?? ThreadLimit.Default;
    private readonly ImageSize _studentSize = options.ImageSize ?? options.Student.DefaultImageSize;

    public ImageClassificationDistillationTransformer Fit(IDataView train, IDataView? validation)
    {
        if (options.CompareToBaseline is not null && validation is null)
            throw new ArgumentException(BaselineComparisonOptions.WithoutHeldOut, nameof(validation));
        using var threads = new ThreadLimit(_threads);
        var label = RunLabels.OfTraining(ml, options, train);
        var validationLabel = validation is null ? null : RunLabels.OfValidation(options, validation.Schema, label);
        var device = ChooseDevice();
        using var module = options.Student.CreateModule(label.ClassNames, seed);
        module.to(device);
        using var teacher = OpenTeacher(train, label, device);
        var preparation = new ImagePreparation(ml, options.ImageColumnName, StoredSize(teacher), options.Resizing);
        using var trainingStore = Read(train, preparation, HasLabels ? label : null, "training");
        using var validationStore = validationLabel is null ? null : Read(validation!, preparation, validationLabel, "validation");
        if (HasLabels)
            CheckLabels(trainingStore, label, teacher, device);
        var description = Describe(label, preparation, trainingStore);
        using var view = new PixelTransforms(preparation.Size, _studentSize, description.Normalization, device);
        var inputs = new TrainingInputs(module, view, _studentSize, trainingStore, validationStore, teacher, device);
        var heldOut = validationStore is null ? null : new HeldOutImages(validationStore, validation, options.BatchSize, device, options.CancellationToken);
        var runs = TrainStudents(inputs, description, heldOut);
        _progress.Entered(DistillationPhase.Exporting, "Putting the model together.");
        var exits = Exits(runs.Returned, module, preparation, label);
        var report = new ClassificationReport(options, inputs, label.ClassNames, heldOut, _threads, PixelStore.TemporaryFolder(ml), channel)
            .Complete(Report(module, runs.Returned.History, trainingStore, validationStore, teacher, description, device), runs, exits);
        return Assemble(train, preparation, label, module, description, runs.Returned.Onnx, exits, report);
    }

    private Device ChooseDevice()
    {
        var device = DeviceChoice.Choose(ml, options.GpuDeviceId, options.FallbackToCpu);
        if ((options.GpuDeviceId ?? ml.GpuDeviceId) is { } id && device.type == DeviceType.CPU)
            channel.Warning(MessageSensitivity.None, $"GPU {id} is asked for and can't be used: training on the CPU (FallbackToCpu).");
        return device;
    }

    private TeacherParts WantedParts => MethodLosses.NeedsOf(options.Methods);

    private bool HasLabels => options.LabelColumnName is not null;

    private OpenedTeacher? OpenTeacher(IDataView train, LabelColumn label, Device device)
    {
        if (options.Teacher is null)
            return null;
        _progress.Entered(DistillationPhase.CheckingTeacher, $"Opening the teacher: {options.Teacher.Name}.");
        var settings = new TeacherSettings(device, _threads, WantedParts) { Rows = train, Cancellation = options.CancellationToken };
        return OpenedTeacher.Open(options.Teacher, settings, label.ClassNames);
    }

    /// <summary>Pixels are stored once, at the larger of what the student and the teacher want.</summary>
    private ImageSize StoredSize(OpenedTeacher? teacher) => teacher?.Session.InputSize is { } size
        ? new ImageSize(Math.Max(size.Width, _studentSize.Width), Math.Max(size.Height, _studentSize.Height))
        : _studentSize;

    private PixelStore Read(IDataView data, ImagePreparation preparation, LabelColumn? label, string role)
    {
        _progress.Entered(DistillationPhase.LoadingImages, $"Reading the {role} images at {preparation.Size} pixels.");
        var store = new PixelStore(preparation.Size, options.MemoryBudget, PixelStore.TemporaryFolder(ml));
        try
        {
            return ImageReader.Read(data, preparation, label, store, role, _progress.Loaded, options.CancellationToken);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private void CheckLabels(PixelStore store, LabelColumn label, OpenedTeacher? teacher, Device device)
    {
        var present = store.Labels.Distinct().Take(2).ToList();
        if (present.Count < 2)
            throw new InvalidDataException($"All {store.Count} training images are of one class, '{label.ClassNames[present[0]]}'; a classifier needs examples of at least 2.");
        if (teacher is null || (WantedParts & TeacherParts.Logits) == 0)
            return;
        foreach (var unnamed in teacher.Unnamed)
            TeacherScoring.CheckClassOrder(unnamed.Name, unnamed, store, label.ClassNames, seed, device, options.CancellationToken);
    }

    private StudentDescription Describe(LabelColumn label, ImagePreparation preparation, PixelStore store)
    {
        var normalization = options.Normalization ?? options.Student.StartingPoint?.Normalization ?? store.MeasureNormalization();
        return new StudentDescription(options.Student.Name, label.ClassNames, preparation.Size, _studentSize, normalization, options.Resizing.ToString());
    }

    private (TrainingHistory History, IReadOnlyList<EarlyExitModel> Exits) Train(TrainingInputs inputs, StudentDescription description, int runSeed, bool alone)
    {
        var settings = new TrainingSettings(
            options.Epochs, options.BatchSize, options.Optimizer, options.Schedule, options.Augmentation, alone ? [] : [.. options.Methods], runSeed, options.CancellationToken)
        {
            TeacherCache = options.TeacherCache,
            TemporaryFolder = PixelStore.TemporaryFolder(ml),
        };
        using var training = new StudentTraining(settings, inputs, _progress);
        var history = training.Run();
        // Exits are helpers, which end with the training: what is to be had of them is written now.
        return (history, [.. training.Exits.Select(e => new EarlyExitModel(e.StageName, e.Stage, StudentExporter.Exit(inputs.Student, description, e)))]);
    }

    private ImageClassificationDistillationTransformer Assemble(
        IDataView train, ImagePreparation preparation, LabelColumn label, ClassifierModule module, StudentDescription description,
        byte[] student, EarlyExitModels? exits, TrainingReport report)
    {
        var softmax = SoftmaxLayer.Fit(ml, label.Column, label.ClassNames.Count, ClassifierChain.LogitsColumn);
        var graph = StudentExporter.ForPipeline(module, description, ImagePreparation.PixelColumn, ClassifierChain.LogitsColumn, softmax.Scale);
        var chain = ClassifierChain.Build(ml, train, preparation, graph, softmax, options.ScoreColumnName, options.PredictedLabelColumnName);
        return new ImageClassificationDistillationTransformer(chain, student, label.ClassNames, report, exits);
    }

    private EarlyExitModels? Exits(StudentRun run, ClassifierModule module, ImagePreparation preparation, LabelColumn label) => run.Exits.Count == 0
        ? null
        : new EarlyExitModels(
            [.. run.Exits, new EarlyExitModel(module.Stages[^1].Name, module.Stages.Count - 1, run.Onnx)], preparation.Size,
            new EarlyExitEvaluation(ml, preparation, label.Column.Name, label.ClassNames, options.MemoryBudget));

    private TrainingReport Report(
        ClassifierModule module, TrainingHistory history, PixelStore training, PixelStore? validation, OpenedTeacher? teacher, StudentDescription description, Device device)
    {
        var seconds = history.Clock.TotalSeconds;
        return new TrainingReport
        {
            Student = options.Student.Name,
            Teacher = options.Teacher?.Name,
            Options = new Dictionary<string, string>(options.Describe())
            {
                [nameof(options.ImageSize)] = $"{description.StudentSize}" + (description.StoredSize == description.StudentSize ? "" : $", stored at {description.StoredSize}"),
                [nameof(options.Normalization)] = $"{description.Normalization}",
            },
            Versions = Versions.All,
            Device = device.ToString(),
            Seed = seed,
            TrainingRows = training.Count,
            ValidationRows = validation?.Count ?? 0,
            Parameters = module.CountParameters(),
            TeacherParameters = teacher?.Session.ParameterCount,
            Epochs = history.Epochs,
            SecondsPerEpoch = seconds / history.Epochs,
            ImagesPerSecond = history.Images / seconds,
            Phases = history.Clock.Seconds,
            TeacherCache = history.TeacherCache,
            Terms = history.Terms.ToDictionary(t => t.Key, t => (IReadOnlyList<double>)t.Value),
            LearningRate = history.LearningRate,
            ValidationAccuracy = history.ValidationAccuracy,
        };
    }
}
