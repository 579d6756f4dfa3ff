using Microsoft.ML.Distillation;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Tasks.Detection;

/// <summary>How a detector is retrained so that it learns what is new and keeps what it knew: it starts from the weights of the one in service, which is its teacher too.</summary>
/// <remarks>
/// Where the classes are the same, it repeats the old one's raw predictions (Mehta, Ozturk: "Object detection at 200 frames per second", 2018, https://arxiv.org/abs/1805.06361). With other classes these mean
/// nothing; the maps that the neck makes still do. A second teacher labels what nobody marked (Shmelkov, Schmid, Alahari: "Incremental learning of object detectors without catastrophic forgetting", 2017,
/// https://arxiv.org/abs/1708.06977, tell why: objects of the old classes, left unmarked on new images, would teach that they are background). It is as sure there as it says; what a person marked is sure.
/// </remarks>
internal sealed class DetectionPlan(AppOptions app, ModelFiles files, DetectionTeacher second)
{
    // All that a detector has, for average precision; what is shown of it is chosen later.
    private const double LeastScore = .001;

    // From random weights, on few images, it gets further by AdamW than by YOLOv5's own SGD.
    private const double FirstRate = .001, RetrainingRate = .0003;

    // A tenth of the usual: the labels are there to correct the teacher, who at first agrees with the student anyway.
    private const double TeacherWeight = 1;

    private const int CheckedImages = 16;

    /// <param name="parent">The model to go on from; null for a first one.</param>
    /// <param name="checkpoints">The run's folder.</param>
    public ObjectDetectionDistillationOptions Options(
        TrainingRun run, ModelVersion? parent, IReadOnlyList<string> classes, string checkpoints, IProgress<DistillationProgress> progress, CancellationToken cancellation) => new()
    {
        Student = parent is null ? ObjectDetector.Parse(app.Student) : ObjectDetector.FromOnnx(files.Onnx(parent.File)),
        ImageSize = parent is null ? new ImageSize(app.Side, app.Side) : null,
        Teacher = parent is null ? null : DetectorStudentTeacher.FromOnnx(files.Onnx(parent.File)),
        Methods = parent is null ? [] : [Method(parent, classes)],
        Epochs = run.Epochs,
        BatchSize = app.Batch,
        Optimizer = new AdamWOptions { LearningRate = parent is null ? FirstRate : RetrainingRate },
        Schedule = new WarmUpCosine { WarmUpEpochs = run.Epochs > 1 ? 1 : 0, FinalFactor = .01 },
        // YOLOv5's last epochs go without mosaics, and a retraining is short enough to be those.
        Augmentation = new DetectionAugmentation { Mosaic = 0 },
        PseudoLabels = second.For(classes) is { } finder ? new PseudoLabelOptions { Teacher = finder, AddMissing = true, SoftConfidences = true } : null,
        Checkup = app.Teacher is null ? null : new CheckupOptions { SampleRows = CheckedImages },
        ScoreThreshold = LeastScore,
        // An image that was damaged on the disk is no reason to learn nothing from the others.
        BadImages = BadImages.Skip,
        MaxImagePixels = app.MostPixels,
        Threads = app.Threads,
        Seed = (int)run.Id,
        CheckpointFolder = checkpoints,
        Progress = progress,
        CancellationToken = cancellation,
    };

    private static DetectionMethod Method(ModelVersion parent, IReadOnlyList<string> classes) =>
        classes.ToHashSet().SetEquals(parent.Classes) ? new YoloOutputDistillation { Weight = TeacherWeight } : new YoloFeatureDistillation();
}
