using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Distillation;
using Microsoft.ML.Runtime;
using Samples.RetrainingApp.Predicting;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Retraining;

/// <summary>Trains the model of a run and writes it.</summary>
internal sealed class ModelTrainer(RetrainingPlan plan, ImageFiles images, ModelFiles models, DataHome home, ILogger<ModelTrainer> log)
{
    /// <param name="parent">The model to go on from; null for a first one.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled; its checkpoint stays.</exception>
    public Candidate Train(TrainingRun run, IReadOnlyList<RunImage> rows, ModelVersion? parent, IProgress<DistillationProgress> progress, CancellationToken cancellation)
    {
        var ml = new MLContext((int)run.Id);
        ml.Log += (_, line) => Log(line);
        var training = rows.Where(row => !row.HeldOut).ToList();
        string[] classes = [.. training.Select(row => row.Label).Distinct().Order(StringComparer.Ordinal)];
        var view = ml.Data.LoadFromEnumerable(training.Select(row => new TrainingRow(images.Path(row.Id, row.Format), row.Label)).ToList());
        // Keys by occurrence would depend on which image comes first; given by hand they are alphabetical.
        var names = ml.Data.LoadFromEnumerable(classes.Select(name => new ClassName { Label = name }));
        var data = ml.Transforms.Conversion.MapValueToKey("Label", keyData: names).Fit(view).Transform(view);
        using var student = ml.DistillImageClassification(plan.Options(run, parent, classes, home.Run(run.Id), progress, cancellation)).Fit(data);
        var name = ml.Transforms.Conversion.MapKeyToValue(nameof(ImagePrediction.Name), "PredictedLabel").Fit(student.Transform(data));
        var chain = new TransformerChain<ITransformer>(student, name);
        var input = ml.Data.LoadFromEnumerable<ImageInput>([]).Schema;
        var (file, hash) = models.Write(stream => ml.Model.Save(chain, input, stream), student.ToOnnx());
        return new Candidate(file, hash, classes, student.Report.ResumedAt);
    }

    private void Log(LoggingEventArgs line)
    {
        if (line.Kind >= ChannelMessageKind.Warning)
            log.LogWarning("{Message}", line.RawMessage);
    }

    private sealed class ClassName
    {
        public string Label { get; set; } = "";
    }
}
