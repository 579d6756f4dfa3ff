using Microsoft.ML.Distillation;
using Samples.RetrainingApp.Predicting;
using Samples.RetrainingApp.Retraining;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Tasks.Detection;

/// <summary>A box and a class for every object in an image.</summary>
internal sealed class DetectionTask(BoxStore boxes, FirstScenes first, DetectionTrainer trainer, DetectionScore score, DetectionTeacher teacher) : ITask
{
    public int FewestClasses => 1;

    public TaskPage Page { get; } = new("A detector that retrains itself", "Held-out mAP", "detection.html", "detection.js", "scene.js", "labels.js", "pointer.js", "edges.js", "keys.js");

    public IReadOnlyList<string> Classes() => boxes.Classes();

    public void CheckTeacher() => teacher.Check(Classes());

    public void Map(WebApplication app) => app.MapBoxes();

    public IEnumerable<FirstImage> Read(string folder) => first.Read(folder);

    public IEnumerable<FirstImage> Draw(int count) => first.Draw(count);

    public Candidate Train(TrainingRun run, IReadOnlyList<RunImage> rows, ModelVersion? parent, IProgress<DistillationProgress> progress, CancellationToken cancellation) =>
        trainer.Train(run, rows, parent, progress, cancellation);

    public HeldOutFigure? Measure(LoadedModel model, IReadOnlyList<RunImage> heldOut) => score.Measure(model, heldOut);
}
