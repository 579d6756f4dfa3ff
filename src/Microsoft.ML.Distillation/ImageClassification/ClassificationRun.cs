using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Checkup;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.Quantizing;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>One call of Fit, from rows to the fitted transformer.</summary>
internal sealed partial class ClassificationRun(MLContext ml, ImageClassificationDistillationOptions options, int seed, IChannel channel, CheckpointFolder? checkpoints = null)
{
    private readonly ProgressReporter _progress = new(options.Progress, channel, options.Epochs);
    private readonly int _threads = options.Threads ?? ThreadLimit.Default;
    private readonly ImageSize _studentSize = options.ImageSize ?? options.Student.DefaultImageSize;
    private readonly ImageIntake _intake = new(options, channel, PixelStore.TemporaryFolder(ml));
    private readonly List<CheckupFinding> _checkup = [];
    private readonly EvidenceRun _evidence = new(options, seed, channel);
    private SoftmaxLayer? _softmax;
    private Precision _precision;

    public ImageClassificationDistillationTransformer Fit(IDataView train, IDataView? validation)
    {
        options.ValidateMeasuring(validation);
        using var threads = new ThreadLimit(_threads, _progress.Warn);
        var label = RunLabels.OfTraining(ml, options, train);
        var validationLabel = validation is null ? null : RunLabels.OfValidation(options, validation.Schema, label);
        var device = DeviceChoice.Choose(ml, options.GpuDeviceId, options.FallbackToCpu, channel);
        _precision = PrecisionChoice.Choose(options.Precision, device, options.Methods);
        using var module = options.Student.CreateModule(label.ClassNames, seed);
        module.to(device);
        using var teacher = OpenTeacher(train, label, device);
        var preparation = new ImagePreparation(ml, options.ImageColumnName, StoredSize(teacher), options.Resizing);
        EarlyChecks.Batch(options, preparation.Size);
        CheckBeforehand(train, preparation, label, module, teacher, device);
        using var readStore = _intake.ReadTraining(preparation.Size, _progress, Images(train, preparation, HasLabels ? label : null));
        using var givenStore = validationLabel is null ? null : _intake.ReadValidation(preparation.Size, _progress, Images(validation!, preparation, validationLabel));
        if (HasLabels)
            CheckLabels(readStore, label);
        var (trainingStore, validationStore) = options.ValidationFraction > 0 ? HeldOutRows.Split(readStore, options.ValidationFraction, seed) : (readStore, givenStore);
        if (validationStore is not null)
            _intake.CheckLeaks(trainingStore, validationStore);
        Note(CheckTeacher(trainingStore, label, teacher, device));
        if (HasLabels)
            CheckClassOrder(trainingStore, label, teacher, device);
        var description = Describe(label, preparation, readStore);
        using var view = new PixelTransforms(preparation.Size, _studentSize, description.Normalization, device);
        var inputs = new TrainingInputs(module, view, _studentSize, trainingStore, validationStore, teacher, device);
        var heldOutRows = givenStore is null ? _intake.KeptOfTraining(train) : _intake.KeptOfValidation(validation!);
        var heldOut = validationStore is null ? null : new HeldOutImages(validationStore, heldOutRows, options.BatchSize, device, options.CancellationToken);
        var runs = TrainStudents(inputs, description, heldOut);
        Note(runs.Returned.History.Findings);
        var trained = TrainInEightBits(inputs, description);
        if (options.CancellationToken.IsCancellationRequested)
            heldOut = null;
        _progress.Entered(DistillationPhase.Exporting, "Putting the model together.");
        var images = new PreparedImages(ml, preparation, options.MemoryBudget, () => ImageIntake.Rows(options));
        var exits = Exits(runs.Returned, module, images, label);
        var quantizer = new StudentQuantizer(images, options.LabelColumnName, label.ClassNames);
        var report = new ClassificationReport(options, inputs, label.ClassNames, heldOut, _threads, PixelStore.TemporaryFolder(ml), channel)
            .Complete(Report(module, runs.Returned.History, trainingStore, validationStore, teacher, description, device), runs, exits);
        if (trained is not null)
            report = report with { Quantization = quantizer.Report(runs.Returned.Onnx, trained, heldOut?.Store) };
        var (chain, graph) = Assemble(train, preparation, label, module, description);
        return new ImageClassificationDistillationTransformer(chain, new BulkScoring(ml, chain, () => graph), runs.Returned.Onnx, label.ClassNames, report, quantizer, trained, exits);
    }

    private TeacherParts WantedParts => MethodLosses.NeedsOf(options.Methods);

    private bool HasLabels => options.LabelColumnName is not null;

    private OpenedTeacher? OpenTeacher(IDataView train, LabelColumn label, Device device)
    {
        if (options.Teacher is null)
            return null;
        _progress.Entered(DistillationPhase.CheckingTeacher, $"Opening the teacher: {options.Teacher.Name}.");
        var settings = new TeacherSettings(device, _threads, WantedParts) { Rows = _intake.KeptOfTraining(train), Precision = _precision, Cancellation = options.CancellationToken };
        var teacher = OpenedTeacher.Open(options.Teacher, settings, label.ClassNames);
        Note([.. teacher.Notices]);
        return teacher;
    }

    /// <summary>What would fail later is to fail now: before images are decoded and a student is trained.</summary>
    private void CheckBeforehand(IDataView train, ImagePreparation preparation, LabelColumn label, ClassifierModule module, OpenedTeacher? teacher, Device device)
    {
        EarlyChecks.Methods(options, module.Describe(_studentSize), teacher?.Describe(preparation.Size), seed, device);
        EarlyChecks.Chain(ml, options, train, preparation, label, module, Softmax(label));
        EarlyChecks.Quantization(options, label.ClassNames, module, preparation.Size);
    }

    private SoftmaxLayer Softmax(LabelColumn label) => _softmax ??= SoftmaxLayer.Fit(ml, label.Column, label.ClassNames.Count, ClassifierChain.LogitsColumn);

    /// <summary>Pixels are stored once, at the larger of what the student and the teacher want.</summary>
    private ImageSize StoredSize(OpenedTeacher? teacher) => teacher?.Session.InputSize is { } size
        ? new ImageSize(Math.Max(size.Width, _studentSize.Width), Math.Max(size.Height, _studentSize.Height))
        : _studentSize;

    private Func<PixelStore, string, RowLog, PixelStore> Images(IDataView data, ImagePreparation preparation, LabelColumn? label) => (store, role, rows) =>
    {
        ImageReader.Read(data, preparation, label, store, role, _progress.Loaded, options.CancellationToken, rows, _threads);
        return store;
    };

    private static void CheckLabels(PixelStore store, LabelColumn label)
    {
        var present = store.Labels.Distinct().Take(2).ToList();
        if (present.Count < 2)
            throw new InvalidDataException($"All {store.Count} training images are of one class, '{label.ClassNames[present[0]]}'; a classifier needs examples of at least 2.");
    }

    private IReadOnlyList<CheckupFinding> CheckTeacher(PixelStore store, LabelColumn label, OpenedTeacher? teacher, Device device)
    {
        if (teacher is null || options.Checkup is null)
            return [];
        _progress.Entered(DistillationPhase.CheckingTeacher, $"Trying the teacher on {Math.Min(store.Count, options.Checkup.SampleRows)} training images.");
        return new TeacherCheckup(options.Checkup, seed, device, options.CancellationToken).Run(teacher, store, label.ClassNames, options.Methods);
    }

    private void Note(IReadOnlyList<CheckupFinding> findings)
    {
        _checkup.AddRange(findings);
        foreach (var finding in findings)
            finding.Log(channel);
    }

    private void CheckClassOrder(PixelStore store, LabelColumn label, OpenedTeacher? teacher, Device device)
    {
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

    private TrainedRun Train(TrainingInputs inputs, StudentDescription description, int runSeed, bool alone)
    {
        var settings = Settings(runSeed, alone);
        using var task = new ClassificationTask(settings, inputs);
        using var folder = runSeed == seed && !alone ? null : CheckpointFolder.OpenWithin(checkpoints, options.Checkpoints, runSeed, alone);
        using var loop = new TrainingLoop(settings, task, _progress, folder ?? checkpoints);
        var history = loop.Run();
        var gradients = _evidence.Wants(runSeed, history) ? _evidence.Gradients(task, inputs.Student, history) : [];
        // Exits are helpers, which end with the training: what is to be had of them is written now.
        return new TrainedRun(history, [.. task.Exits.Select(e => new EarlyExitModel(e.StageName, e.Stage, StudentExporter.Exit(inputs.Student, description, e)))], gradients);
    }

    private TrainingSettings Settings(int runSeed, bool alone)
    {
        var own = new TrainingSettings(
            options.Epochs, options.BatchSize, options.Optimizer, options.Schedule, options.Augmentation, alone ? [] : [.. options.Methods], runSeed, options.CancellationToken)
        {
            TeacherCache = options.TeacherCache,
            Balance = options.BalanceTerms,
            TemporaryFolder = PixelStore.TemporaryFolder(ml),
        };
        return options.OnCourse(own, _precision);
    }

    private (TransformerChain<ITransformer> Chain, byte[] Graph) Assemble(
        IDataView train, ImagePreparation preparation, LabelColumn label, ClassifierModule module, StudentDescription description)
    {
        var softmax = Softmax(label);
        var graph = StudentExporter.ForPipeline(module, description, ImagePreparation.PixelColumn, ClassifierChain.LogitsColumn, softmax.Scale);
        return (ClassifierChain.Build(ml, train, preparation, graph, softmax, options.ScoreColumnName, options.PredictedLabelColumnName), graph);
    }

    private EarlyExitModels? Exits(StudentRun run, ClassifierModule module, PreparedImages images, LabelColumn label) => run.Exits.Count == 0
        ? null
        : new EarlyExitModels(
            [.. run.Exits, new EarlyExitModel(module.Stages[^1].Name, module.Stages.Count - 1, run.Onnx)], images.Size,
            new EarlyExitEvaluation(images, label.Column.Name, label.ClassNames), _threads);

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
                [nameof(options.Precision)] = PrecisionChoice.Describe(options.Precision, _precision),
            },
            Versions = Versions.All,
            Device = device.ToString(),
            Seed = seed,
            TrainingRows = training.Count,
            ValidationRows = validation?.Count ?? 0,
            SkippedRows = _intake.Skipped,
            DataFindings = _intake.Findings,
            Parameters = module.CountParameters(),
            TeacherParameters = teacher?.Session.ParameterCount,
            Epochs = history.Epochs,
            SecondsPerEpoch = history.SecondsPerEpoch,
            ImagesPerSecond = history.Images / seconds,
            Phases = history.Clock.Seconds,
            TeacherCache = history.TeacherCache,
            MethodFactors = history.MethodFactors,
            BestEpoch = history.BestEpoch,
            Retries = history.Retries,
            StoppedEarly = history.StoppedEarly,
            Cancelled = history.Cancelled,
            ResumedAt = history.ResumedAt,
            Checkup = _checkup,
            Terms = history.Terms.ToDictionary(t => t.Key, t => (IReadOnlyList<double>)t.Value),
            LearningRate = history.LearningRate,
            ValidationAccuracy = history.ValidationAccuracy,
        };
    }
}
