using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Quantizing;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>One call of Fit, from rows to the fitted transformer.</summary>
internal sealed class DetectionRun(MLContext ml, ObjectDetectionDistillationOptions options, int seed, IChannel channel, CheckpointFolder? checkpoints = null)
{
    private readonly ProgressReporter _progress = new(options.Progress, channel, options.Epochs);
    private readonly int _threads = options.Threads ?? ThreadLimit.Default;
    private readonly RowLog _trainingRows = new(options.BadImages, options.MaxImagePixels) { Offered = true };
    private readonly RowLog _validationRows = new(options.BadImages, options.MaxImagePixels) { Offered = true };
    private readonly List<DataFinding> _findings = [];

    public ObjectDetectionDistillationTransformer Fit(IDataView train, IDataView? validation)
    {
        options.ValidateMeasuring(validation);
        using var threads = new ThreadLimit(_threads);
        var columns = ObjectColumns.Find(train.Schema, options.LabelColumnName, options.BoundingBoxColumnName);
        var validationColumns = validation is null ? null : ValidationColumns(validation, columns);
        var device = DeviceChoice.Choose(ml, options.GpuDeviceId, options.FallbackToCpu, channel);
        using var teacher = OpenTeacher(train, columns, device);
        var size = options.ImageSize ?? teacher?.Session.InputSize ?? options.Student.DefaultImageSize;
        var preparation = new DetectorPreparation(ml, options.ImageColumnName, size);
        var description = Describe(columns, size);
        CheckBeforehand(train, preparation, description, teacher, device);
        using var readData = Read(train, preparation, columns, "training", _trainingRows);
        using var givenData = validation is null ? null : Read(validation, preparation, validationColumns!, "validation", _validationRows);
        var (trainingData, validationData) = options.ValidationFraction > 0 ? Split(readData) : (readData, givenData);
        trainingData = WithFound(trainingData, teacher, columns, device);
        CheckData(trainingData, validationData);
        using var module = CreateStudent(columns, trainingData, teacher, device);
        using var view = new PixelTransforms(size, size, description.Normalization, device);
        var inputs = new DetectionInputs(module, view, columns.ClassNames, trainingData, validationData, teacher, device);
        var (history, precisions) = Train(inputs);
        module.eval();
        _progress.Entered(DistillationPhase.Exporting, "Putting the model together.");
        var onnx = DetectorExporter.Standalone(module, description, options.Suppression);
        var report = new DetectionReport(options, inputs, seed, _threads, channel) { Findings = _findings, Skipped = [.. _trainingRows.Skipped, .. _validationRows.Skipped] }.Write(history, precisions, onnx);
        var measured = DetectorExporter.Standalone(module, description, options.Suppression with { ScoreThreshold = HeldOutScenes.ScoreThreshold });
        var quantizer = new DetectorQuantizer(ml, preparation, options.LabelColumnName, options.BoundingBoxColumnName, columns.ClassNames, measured, options.MemoryBudget);
        return new ObjectDetectionDistillationTransformer(DetectionChecks.Build(ml, options, train, preparation, module, description), onnx, columns.ClassNames, report, quantizer);
    }

    private ObjectColumns ValidationColumns(IDataView validation, ObjectColumns training)
    {
        var columns = ObjectColumns.Find(validation.Schema, options.LabelColumnName, options.BoundingBoxColumnName);
        return columns.ClassNames.SequenceEqual(training.ClassNames)
            ? columns
            : throw new ArgumentException($"The validation data's label '{columns.Labels.Name}' has the classes {string.Join(", ", columns.ClassNames)}; the training data has {string.Join(", ", training.ClassNames)}. "
                + "Map both with the same fitted MapValueToKey.", nameof(validation));
    }

    private OpenedDetectorTeacher? OpenTeacher(IDataView train, ObjectColumns columns, Device device)
    {
        if (options.Teacher is null)
            return null;
        _progress.Entered(DistillationPhase.CheckingTeacher, $"Opening the teacher: {options.Teacher.Name}.");
        var settings = new DetectorTeacherSettings(device, _threads, DetectionLosses.NeedsOf(options.Methods)) { Rows = _trainingRows.Skips ? new KeptRows(train, _trainingRows) : train, Cancellation = options.CancellationToken };
        return OpenedDetectorTeacher.Open(options.Teacher, settings, options.ImageSize, options.Methods, columns.ClassNames);
    }

    private StudentDescription Describe(ObjectColumns columns, ImageSize size) => new(
        options.Student.Name, columns.ClassNames, size, size, options.Normalization ?? options.Student.StartingPoint?.Student.Normalization ?? ImageNormalization.ZeroToOne,
        ImageResizingEstimator.ResizingKind.IsoPad.ToString());

    /// <summary>What would fail later is to fail now: before images are decoded and a student is trained.</summary>
    private void CheckBeforehand(IDataView train, DetectorPreparation preparation, StudentDescription description, OpenedDetectorTeacher? teacher, Device device)
    {
        using var student = options.Student.CreateBlank(description.ClassNames.Count, TeacherAnchors(teacher));
        DetectionChecks.Methods(options, student, teacher, preparation.Size, seed, device);
        DetectionChecks.Chain(ml, options, train, preparation, student, description);
    }

    private DetectionData Read(IDataView data, DetectorPreparation preparation, ObjectColumns columns, string role, RowLog rows)
    {
        _progress.Entered(DistillationPhase.LoadingImages, $"Reading the {role} images at {preparation.Size} pixels.");
        var store = new PixelStore(preparation.Size, options.MemoryBudget, PixelStore.TemporaryFolder(ml));
        try
        {
            var read = DetectionReader.Read(data, preparation, columns, store, role, _progress.Loaded, options.CancellationToken, log: rows);
            rows.WriteTo(channel, role, store.Count);
            _findings.AddRange(rows.Findings(role));
            return read;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private (DetectionData Training, DetectionData? Validation) Split(DetectionData data)
    {
        var (training, validation) = HeldOutRows.Choose(data.Count, row => data.Boxes.Classes(row).Length > 0 ? 1 : 0, options.ValidationFraction, seed);
        return (data.Only(training), data.Only(validation));
    }

    /// <summary>The training images with what the teacher finds on them, where that is wanted.</summary>
    private DetectionData WithFound(DetectionData data, OpenedDetectorTeacher? teacher, ObjectColumns columns, Device device)
    {
        if (options.PseudoLabels is not { } wanted || teacher is null)
            return data;
        _progress.Entered(DistillationPhase.CheckingTeacher, $"Looking for objects on {data.Count} training images: {teacher.Name}.");
        var toStudent = DetectorClassMatch.Find(teacher.Name, teacher.Session, columns.ClassNames);
        var boxes = PseudoLabelling.Label(teacher.Session, data.Pixels, data.Boxes, toStudent, wanted, device, options.CancellationToken);
        channel.Info(MessageSensitivity.None, $"The training images have {boxes.ObjectCount} objects with the teacher's; {data.Boxes.ObjectCount} were labelled.");
        return data with { Boxes = boxes };
    }

    private void CheckData(DetectionData training, DetectionData? validation)
    {
        DetectionChecks.HasObjects(training, "training");
        if (validation is null)
            return;
        DetectionChecks.HasObjects(validation, "validation");
        if (LeakCheck.Find(training.Pixels, _trainingRows, validation.Pixels, options.ValidationFraction > 0 ? _trainingRows : _validationRows) is not { } finding)
            return;
        channel.Warning(MessageSensitivity.None, finding.Text);
        _findings.Add(finding);
    }

    private AnchorSet? TeacherAnchors(OpenedDetectorTeacher? teacher) => AnchorChoice.OfTeacher(options.Student, teacher?.Session.Anchors, options.Methods);

    private DetectorModule CreateStudent(ObjectColumns columns, DetectionData training, OpenedDetectorTeacher? teacher, Device device)
    {
        var student = options.Student;
        var anchors = TeacherAnchors(teacher);
        if (anchors is null && options.FitAnchors && student.IsYolo && student.StartingPoint is null)
            anchors = AnchorChoice.Fit(training.Boxes, student.DefaultAnchors, seed);
        var module = student.CreateModule(columns.ClassNames, seed, anchors);
        if (student.StartingPoint is null && teacher?.Session is { Network: { } network } session && options.Methods.Any(method => method.InheritsWeights))
        {
            var copied = InheritedWeights.Copy(network, session.ClassNames ?? [], module, columns.ClassNames);
            channel.Info(MessageSensitivity.None, $"The student begins with {copied} of the teacher's tensors of neck and head.");
        }
        module.to(device);
        return module;
    }

    private (TrainingHistory History, IReadOnlyList<double> Precisions50) Train(DetectionInputs inputs)
    {
        var settings = new DetectionSettings(
            options.Epochs, options.BatchSize, options.Optimizer, options.Schedule, options.Augmentation, [.. options.Methods], seed, options.CancellationToken)
        {
            YoloLoss = options.YoloLoss,
            RetinaNetLoss = options.RetinaNetLoss,
            Suppression = options.Suppression,
            OnCancellation = options.OnCancellation,
            KeepBest = options.KeepBest,
            EarlyStopping = options.EarlyStopping,
            WeightAverage = options.WeightAverage,
            MaximumGradientNorm = options.MaximumGradientNorm,
            Recovery = options.Recovery,
        };
        using var task = new DetectionTask(settings, inputs);
        using var loop = new TrainingLoop(settings, task, _progress, checkpoints);
        return (loop.Run(), task.Precisions50);
    }
}
