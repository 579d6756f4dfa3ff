using Microsoft.ML.Distillation;
using Samples.RetrainingApp.Predicting;
using Samples.RetrainingApp.Retraining;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Tasks.Classification;

/// <summary>A class for the whole image.</summary>
internal sealed class ClassificationTask(ImageStore images, FirstDrawings first, ClassificationTrainer trainer, ClassificationScore score, ClassificationTeacher teacher) : ITask
{
    public int FewestClasses => 2;

    public TaskPage Page { get; } = new("A classifier that retrains itself", "Held-out accuracy", "classification.html", "classification.js");

    public IReadOnlyList<string> Classes() => images.Labels();

    public void CheckTeacher() => teacher.Check(Classes());

    public void Map(WebApplication app) => app.MapLabels();

    public IEnumerable<FirstImage> Read(string folder) => FirstDrawings.Read(folder);

    public IEnumerable<FirstImage> Draw(int count) => first.Draw(count);

    public Candidate Train(TrainingRun run, IReadOnlyList<RunImage> rows, ModelVersion? parent, IProgress<DistillationProgress> progress, CancellationToken cancellation) =>
        trainer.Train(run, rows, parent, progress, cancellation);

    public HeldOutFigure? Measure(LoadedModel model, IReadOnlyList<RunImage> heldOut) => score.Measure(model, heldOut);
}
