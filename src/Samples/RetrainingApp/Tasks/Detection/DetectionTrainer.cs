using Microsoft.ML;
using Microsoft.ML.Distillation;
using Samples.RetrainingApp.Retraining;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Tasks.Detection;

/// <summary>Trains a detector and writes it.</summary>
internal sealed class DetectionTrainer(DetectionPlan plan, RunContext context, ImageFiles images, DataHome home)
{
    public Candidate Train(TrainingRun run, IReadOnlyList<RunImage> rows, ModelVersion? parent, IProgress<DistillationProgress> progress, CancellationToken cancellation)
    {
        var ml = context.Create(run);
        var training = rows.Where(row => !row.HeldOut).ToList();
        string[] classes = [.. training.SelectMany(row => row.Boxes).Select(box => box.Label).Distinct().Order(StringComparer.Ordinal)];
        if (classes.Length == 0)
            throw new InvalidDataException("There is no object on the images to train on: all that have any are held out. Mark objects on more images.");
        var view = ml.Data.LoadFromEnumerable(training.Select(row => new BoxedRow(images.Path(row.Id, row.Format), row.Boxes)).ToList());
        var data = RunContext.WithKeys(ml, view, classes);
        using var student = ml.DistillObjectDetection(plan.Options(run, parent, classes, home.Run(run.Id), progress, cancellation)).Fit(data);
        return context.Write(ml, student, data, nameof(DetectorOutput.PredictedName), student.ToOnnx(), classes, student.Report);
    }
}
