using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.ObjectDetection;

// The students a run trains: one, or for a comparison two a seed.
internal sealed partial class DetectionRun
{
    /// <param name="labelled">The training images with their own labels, which are all that a student without a teacher has.</param>
    /// <param name="anchors">Of a seed's students.</param>
    private DetectorRuns TrainStudents(DetectorModule module, DetectionInputs inputs, DetectionData labelled, StudentDescription description, Func<int, AnchorSet?> anchors)
    {
        if (options.CompareToBaseline is null && options.QuantizationAware is not null)
            _progress.StartRun(1, options.Trainings, "in floats");
        if (options.CompareToBaseline is not { } comparison)
            return new DetectorRuns(TrainStudent(module, inputs, description, seed, alone: false), null, null);
        var compared = new ComparedRuns<DetectorRun>(run => run.History.Cancelled ? null : run.Precision?.Mean);
        var aloneInputs = inputs with { Training = labelled, Teacher = null, PseudoLabels = null };
        compared.Train(
            seed, comparison.Seeds, options.Trainings, _progress,
            runSeed => TrainAnother(aloneInputs, description, anchors(runSeed), runSeed, alone: true),
            runSeed => runSeed == seed ? TrainStudent(module, inputs, description, runSeed, alone: false) : TrainAnother(inputs, description, anchors(runSeed), runSeed, alone: false));
        if (compared.Broken is { } broken)
            channel.Warning(MessageSensitivity.None, $"There is no comparison with the baseline, since one of its trainings failed: {broken.Message}");
        var gains = compared.Gains is { } all ? BaselineComparison.OfPrecision(all, inputs.Validation!.Count, options.KeepBest || options.EarlyStopping is not null) : null;
        return new DetectorRuns(compared.Returned!, compared.FirstBaseline, gains);
    }

    private DetectorRun TrainAnother(DetectionInputs inputs, StudentDescription description, AnchorSet? anchors, int runSeed, bool alone)
    {
        using var module = CreateStudent(inputs.ClassNames, anchors, runSeed, inputs.Teacher, inputs.Device);
        return TrainStudent(module, inputs, description, runSeed, alone);
    }

    private DetectorRun TrainStudent(DetectorModule module, DetectionInputs inputs, StudentDescription description, int runSeed, bool alone)
    {
        var (history, precisions) = Train(inputs with { Student = module }, runSeed, alone);
        module.eval();
        return new DetectorRun(history, precisions, DetectorExporter.Standalone(module, description, options.Suppression), options.KeepBest);
    }

    private (TrainingHistory History, IReadOnlyList<double> Precisions50) Train(DetectionInputs inputs, int runSeed, bool alone)
    {
        var settings = Settings(runSeed, alone);
        using var task = new DetectionTask(settings, inputs);
        using var folder = runSeed == seed && !alone ? null : CheckpointFolder.OpenWithin(checkpoints, options.Checkpoints, runSeed, alone);
        using var loop = new TrainingLoop(settings, task, _progress, folder ?? checkpoints);
        return (loop.Run(), task.Precisions50);
    }

    private DetectionSettings Settings(int runSeed, bool alone)
    {
        var own = new DetectionSettings(
            options.Epochs, options.BatchSize, options.Optimizer, options.Schedule, options.Augmentation, alone ? [] : [.. options.Methods], runSeed, options.CancellationToken)
        {
            YoloLoss = options.YoloLoss,
            RetinaNetLoss = options.RetinaNetLoss,
            Suppression = options.Suppression,
        };
        return options.OnCourse(own, _precision);
    }

    /// <param name="teacher">Null for a student that learns alone.</param>
    private DetectorModule CreateStudent(IReadOnlyList<string> classes, AnchorSet? anchors, int runSeed, OpenedDetectorTeacher? teacher, Device device)
    {
        var student = options.Student;
        var module = student.CreateModule(classes, runSeed, anchors);
        if (student.StartingPoint is null && teacher?.Session is { Network: { } network } session && options.Methods.Any(method => method.InheritsWeights))
        {
            var copied = InheritedWeights.Copy(network, session.ClassNames ?? [], module, classes);
            channel.Info(MessageSensitivity.None, $"The student begins with {copied} of the teacher's tensors of neck and head.");
        }
        module.to(device);
        return module;
    }
}
