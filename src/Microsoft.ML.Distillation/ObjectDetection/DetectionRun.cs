using Microsoft.ML.Distillation.Checkup;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using Microsoft.ML.Distillation.Quantizing;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

/// <summary>One call of Fit, from rows to the fitted transformer.</summary>
internal sealed partial class DetectionRun(MLContext ml, ObjectDetectionDistillationOptions options, int seed, IChannel channel, CheckpointFolder? checkpoints = null)
{
    private readonly ProgressReporter _progress = new(options.Progress, channel, options.Epochs);
    private readonly int _threads = options.Threads ?? ThreadLimit.Default;
    private readonly ImageIntake _intake = new(options, channel, PixelStore.TemporaryFolder(ml));
    private readonly List<CheckupFinding> _checkup = [];
    private Precision _precision;

    public ObjectDetectionDistillationTransformer Fit(IDataView train, IDataView? validation)
    {
        options.ValidateMeasuring(validation);
        using var threads = new ThreadLimit(_threads, _progress.Warn);
        var columns = options.HasLabels ? ObjectColumns.Find(train.Schema, options.LabelColumnName!, options.BoundingBoxColumnName!) : null;
        var device = DeviceChoice.Choose(ml, options.GpuDeviceId, options.FallbackToCpu, channel);
        _precision = PrecisionChoice.Choose(options.Precision, device);
        using var finder = OpenTeacher(options.Finder, [], train, columns?.ClassNames, device);
        var named = columns?.ClassNames ?? finder?.ClassNames;
        using var teacher = OpenTeacher(options.MainTeacher, [.. options.Methods], train, named, device);
        var classes = named ?? teacher!.ClassNames;
        var validationColumns = validation is null ? null : DetectionChecks.ValidationColumns(options, validation, classes);
        var size = options.ImageSize ?? teacher?.ImageSize ?? options.Student.DefaultImageSize;
        var preparation = new DetectorPreparation(ml, options.ImageColumnName, size);
        var description = Describe(classes, size);
        CheckBeforehand(train, preparation, description, teacher, device);
        using var readData = _intake.ReadTraining(size, _progress, Images(train, preparation, columns));
        using var givenData = validation is null ? null : _intake.ReadValidation(size, _progress, Images(validation, preparation, validationColumns!));
        var (labelled, heldOut) = options.ValidationFraction > 0 ? Split(readData) : (readData, givenData);
        var validationData = Measurable(heldOut);
        CheckTeacher(labelled, teacher, classes, device);
        CheckTeacher(labelled, finder, classes, device);
        var training = WithFound(labelled, finder ?? teacher, classes, device, wanted => ForTeacher(wanted, readData, Images(train, preparation.At(wanted), columns)));
        CheckData(labelled, training, validationData);
        DetectionChecks.Batch(size, options.BatchSize, training.Count);
        AnchorSet? Anchors(int runSeed) => this.Anchors(training, teacher, runSeed);
        using var module = CreateStudent(classes, Anchors(seed), seed, teacher, device);
        var anchors = TellAnchors(training.Boxes, module, size);
        using var view = new PixelTransforms(size, size, description.Normalization, device);
        var inputs = new DetectionInputs(module, view, classes, training, validationData, teacher, device) { PseudoLabels = options.PseudoLabels };
        var runs = TrainStudents(module, inputs, labelled, description, Anchors);
        module.eval();
        var trained = TrainInEightBits(module, inputs, description);
        _progress.Entered(DistillationPhase.Exporting, "Putting the model together.");
        var report = new DetectionReport(options, inputs, seed, _threads, channel)
        {
            Precision = _precision, Anchors = anchors, Findings = _intake.Findings, Checkup = _checkup, Skipped = _intake.Skipped,
        }.Write(runs);
        var quantizer = new DetectorQuantizer(
            ml, preparation, options.ValidationLabels, options.ValidationBoxes, classes, options.MemoryBudget, () => ImageIntake.Rows(options), options.BadObjects == BadObjects.Drop);
        if (trained is not null)
            report = report with { Quantization = quantizer.Report(runs.Returned.Onnx, trained, options.CancellationToken.IsCancellationRequested ? null : validationData) };
        var (chain, graph) = DetectionChecks.Build(ml, options, train, preparation, module, description);
        var measuring = new BulkScoring(ml, chain, () => DetectorGraph.ToMeasure(graph));
        return new ObjectDetectionDistillationTransformer(chain, new BulkScoring(ml, chain, () => graph), measuring, runs.Returned.Onnx, classes, report, quantizer, trained);
    }

    /// <param name="methods">What is to be learned from it at every step.</param>
    /// <param name="classes">The student's; null for the teacher's own.</param>
    private OpenedDetectorTeacher? OpenTeacher(DetectorTeacher? teacher, DetectionMethod[] methods, IDataView train, IReadOnlyList<string>? classes, Device device)
    {
        if (teacher is null)
            return null;
        _progress.Entered(DistillationPhase.CheckingTeacher, $"Opening the teacher: {teacher.Name}.");
        var settings = new DetectorTeacherSettings(device, _threads, DetectionLosses.NeedsOf(methods))
        {
            Rows = _intake.KeptOfTraining(train), Precision = _precision, Cancellation = options.CancellationToken,
        };
        var opened = OpenedDetectorTeacher.Open(teacher, settings, options.ImageSize, methods, classes);
        Note([.. new[] { opened.Session.Notice }.OfType<CheckupFinding>()]);
        return opened;
    }

    private void Note(IReadOnlyList<CheckupFinding> findings)
    {
        _checkup.AddRange(findings);
        foreach (var finding in findings)
            finding.Log(channel);
    }

    private StudentDescription Describe(IReadOnlyList<string> classes, ImageSize size) => new(
        options.Student.Name, classes, size, size, options.Normalization ?? options.Student.StartingPoint?.Student.Normalization ?? ImageNormalization.ZeroToOne,
        ImageResizingEstimator.ResizingKind.IsoPad.ToString());

    /// <summary>What would fail later is to fail now: before images are decoded and a student is trained.</summary>
    private void CheckBeforehand(IDataView train, DetectorPreparation preparation, StudentDescription description, OpenedDetectorTeacher? teacher, Device device)
    {
        using var student = options.Student.CreateBlank(description.ClassNames.Count, TeacherAnchors(teacher));
        DetectionChecks.Methods(options, student, teacher, preparation.Size, seed, device);
        DetectionChecks.Chain(ml, options, train, preparation, student, description);
        DetectionChecks.Quantization(options, student, description);
    }

    private Func<PixelStore, string, RowLog, DetectionData> Images(IDataView data, DetectorPreparation preparation, ObjectColumns? columns) =>
        (store, role, rows) => DetectionReader.Read(
            data, preparation, columns, store, role, _progress.Loaded, options.CancellationToken, options.BadObjects == BadObjects.Drop ? rows.DropObject : null, rows, _threads);

    private (DetectionData Training, DetectionData? Validation) Split(DetectionData data)
    {
        var (training, validation) = HeldOutRows.Choose(data.Count, row => data.Boxes.Classes(row).Length > 0 ? 1 : 0, options.ValidationFraction, seed);
        return (data.Only(training), data.Only(validation));
    }

    private void CheckTeacher(DetectionData labelled, OpenedDetectorTeacher? teacher, IReadOnlyList<string> classes, Device device)
    {
        if (teacher is null || options.Checkup is not { } checkup || labelled.Boxes.ObjectCount == 0)
            return;
        _progress.Entered(DistillationPhase.CheckingTeacher, $"Trying the teacher on {Math.Min(labelled.Count, checkup.SampleRows)} training images.");
        Note(new DetectorCheckup(checkup, seed, device, options.CancellationToken).Run(teacher.Name, teacher.Session, labelled, classes));
    }

    /// <summary>The training images with what the teacher finds on them, where that is wanted.</summary>
    /// <param name="forTeacher">Gives the images at another size; null where they can't be had.</param>
    private DetectionData WithFound(DetectionData data, OpenedDetectorTeacher? teacher, IReadOnlyList<string> classes, Device device, Func<ImageSize, DetectionData?> forTeacher)
    {
        if (options.PseudoLabels is not { } wanted || teacher is null)
            return data;
        var kept = new KeptLabels(checkpoints, wanted, teacher, data, classes, device, _progress.Warn);
        if (kept.Read() is { } before)
            return data with { Boxes = before };
        _progress.Entered(DistillationPhase.CheckingTeacher, $"Looking for objects on {data.Count} training images: {teacher.Name}.");
        var toStudent = DetectorClassMatch.Find(teacher.Name, teacher.Session, classes);
        var stored = data.Pixels.Size;
        using var larger = teacher.Session.InputSize is { } size && (size.Width > stored.Width || size.Height > stored.Height) ? forTeacher(size) : null;
        var shown = larger is null ? data : options.ValidationFraction > 0 ? Split(larger).Training : larger;
        var boxes = PseudoLabelling.Label(teacher.Session, shown.Pixels, shown.Boxes, data.Boxes, toStudent, wanted, device, options.CancellationToken);
        kept.Write(boxes);
        channel.Info(MessageSensitivity.None, $"The training images have {boxes.ObjectCount} objects with the teacher's; {data.Boxes.ObjectCount} were labelled.");
        return data with { Boxes = boxes };
    }

    /// <summary>The training images at a teacher's size: what it labels it is to see as well as it can.</summary>
    /// <returns>Null where they can't be read a second time.</returns>
    private DetectionData? ForTeacher(ImageSize size, DetectionData stored, Func<PixelStore, string, RowLog, DetectionData> read)
    {
        _progress.Entered(DistillationPhase.LoadingImages, $"Reading the training images at {size} pixels, for the teacher.");
        DetectionData? again = null;
        try
        {
            again = _intake.ReadTrainingAgain(size, read);
            if (again.Count == stored.Count)
                return again;
        }
        catch (InvalidDataException)
        {
            // Images in memory may be gone once they were read.
        }
        again?.Dispose();
        channel.Warning(MessageSensitivity.None, $"The training images can't be read a second time, so that the teacher looks for objects on those of {stored.Pixels.Size} pixels, where it takes {size}: give images that can be read again.");
        return null;
    }

    private void CheckData(DetectionData labelled, DetectionData training, DetectionData? validation)
    {
        DetectionChecks.HasObjects(training, "training", options.PseudoLabels is not null);
        if (options.CompareToBaseline is not null)
            DetectionChecks.HasObjects(labelled, "training");
        if (validation is not null)
            _intake.CheckLeaks(training.Pixels, validation.Pixels);
    }

    /// <summary>Images without any object measure nothing; the run does without, unless something hangs on it.</summary>
    private DetectionData? Measurable(DetectionData? validation)
    {
        if (validation is null || DetectionChecks.Fault(validation, "validation") is not { } fault)
            return validation;
        if (options.EarlyStopping is not null || options.CompareToBaseline is not null)
            throw new InvalidDataException(fault);
        channel.Warning(MessageSensitivity.None, $"{fault} The student is not measured, and the last epoch's weights are returned.");
        return null;
    }
}
