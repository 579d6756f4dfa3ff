using Microsoft.ML;
using Microsoft.ML.Distillation;
using Samples.RetrainingApp.Retraining;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Tasks.Classification;

/// <summary>Trains a classifier and writes it.</summary>
internal sealed class ClassificationTrainer(ClassificationPlan plan, RunContext context, ImageFiles images, DataHome home)
{
    public Candidate Train(TrainingRun run, IReadOnlyList<RunImage> rows, ModelVersion? parent, IProgress<DistillationProgress> progress, CancellationToken cancellation)
    {
        var ml = context.Create(run);
        var training = rows.Where(row => !row.HeldOut).ToList();
        string[] classes = [.. training.Select(row => row.Label).Distinct().Order(StringComparer.Ordinal)];
        var view = ml.Data.LoadFromEnumerable(training.Select(row => new LabelledRow(images.Path(row.Id, row.Format), row.Label)).ToList());
        var data = RunContext.WithKeys(ml, view, classes);
        using var student = ml.DistillImageClassification(plan.Options(run, parent, classes, home.Run(run.Id), progress, cancellation)).Fit(data);
        return context.Write(ml, student, data, nameof(ClassifierOutput.Name), student.ToOnnx(), classes, student.Report);
    }
}
