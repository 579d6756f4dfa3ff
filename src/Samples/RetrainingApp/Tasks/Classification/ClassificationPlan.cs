using Microsoft.ML.Distillation;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Tasks.Classification;

/// <summary>
/// How a model is retrained so that it learns what is new and keeps what it knew: it starts from the weights of the one in service, whose answers are a teacher beside the labels.
/// </summary>
/// <remarks>
/// Li, Hoiem: "Learning without forgetting", 2016, https://arxiv.org/abs/1606.09282, whose temperature of 2 this takes; there old and new classes have heads of their own, here all images are labelled by
/// all classes. A model that gets other classes can't go on with the old weights: it starts anew, and the old one teaches which images are alike.
/// </remarks>
internal sealed class ClassificationPlan(AppOptions app, ModelFiles files, ClassificationTeacher second)
{
    private const double Temperature = 2, TeacherShare = .5, FirstRate = .05, RetrainingRate = .01;

    /// <param name="parent">The model to go on from; null for a first one.</param>
    /// <param name="checkpoints">The run's folder.</param>
    public ImageClassificationDistillationOptions Options(
        TrainingRun run, ModelVersion? parent, IReadOnlyList<string> classes, string checkpoints, IProgress<DistillationProgress> progress, CancellationToken cancellation)
    {
        var goesOn = parent is not null && classes.ToHashSet().SetEquals(parent.Classes);
        var (teacher, method) = Teaching(parent, classes, goesOn);
        return new ImageClassificationDistillationOptions
        {
            Student = goesOn ? ImageClassifier.FromOnnx(files.Onnx(parent!.File)) : ImageClassifier.Parse(app.Student),
            ImageSize = goesOn ? null : new ImageSize(app.Side, app.Side),
            Teacher = teacher,
            Methods = method is null ? [] : [method],
            Epochs = run.Epochs,
            BatchSize = app.Batch,
            Optimizer = new SgdOptions { LearningRate = goesOn ? RetrainingRate : FirstRate },
            Schedule = new WarmUpCosine { WarmUpEpochs = run.Epochs > 1 ? 1 : 0 },
            Checkup = null,
            // An image that was damaged on the disk is no reason to learn nothing from the others.
            BadImages = BadImages.Skip,
            MaxImagePixels = app.MostPixels,
            Threads = app.Threads,
            Seed = (int)run.Id,
            CheckpointFolder = checkpoints,
            Progress = progress,
            CancellationToken = cancellation,
        };
    }

    private (Teacher? Teacher, DistillationMethod? Method) Teaching(ModelVersion? parent, IReadOnlyList<string> classes, bool knowsClasses)
    {
        var teachers = new List<Teacher>();
        if (knowsClasses)
            teachers.Add(StudentTeacher.FromOnnx(files.Onnx(parent!.File)));
        if (second.For(classes) is { } known)
            teachers.Add(known);
        if (teachers.Count > 0)
            return (teachers.Count == 1 ? teachers[0] : new EnsembleTeacher([.. teachers]), new KnowledgeDistillation { Temperature = Temperature, Alpha = TeacherShare });
        return parent is null ? (null, null) : (StudentTeacher.FromOnnx(files.Onnx(parent.File)), new SimilarityPreserving());
    }
}
