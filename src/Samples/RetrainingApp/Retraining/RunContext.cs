using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Distillation;
using Microsoft.ML.Runtime;
using Samples.RetrainingApp.Predicting;
using Samples.RetrainingApp.Storage;

namespace Samples.RetrainingApp.Retraining;

/// <summary>What trainings of both tasks have: a context that logs, keys in a sure order, and how a model gets onto the disk.</summary>
internal sealed class RunContext(ModelFiles models, ILogger<RunContext> log)
{
    public MLContext Create(TrainingRun run)
    {
        var ml = new MLContext((int)run.Id);
        ml.Log += (_, line) => Log(line);
        return ml;
    }

    /// <summary>The rows with their labels as keys. Keys by occurrence would depend on which image comes first; given by hand they are alphabetical.</summary>
    public static IDataView WithKeys(MLContext ml, IDataView view, IEnumerable<string> classes)
    {
        var names = ml.Data.LoadFromEnumerable(classes.Select(name => new ClassNameRow { Label = name }));
        return ml.Transforms.Conversion.MapValueToKey("Label", keyData: names).Fit(view).Transform(view);
    }

    /// <summary>Writes a trained student, with the names of what it predicts.</summary>
    /// <param name="data">Rows that it was trained on.</param>
    /// <param name="nameColumn">Gets the names.</param>
    public Candidate Write(MLContext ml, ITransformer student, IDataView data, string nameColumn, byte[] onnx, IReadOnlyList<string> classes, TrainingReport report)
    {
        var name = ml.Transforms.Conversion.MapKeyToValue(nameColumn, "PredictedLabel").Fit(student.Transform(data));
        var chain = new TransformerChain<ITransformer>(student, name);
        var input = ml.Data.LoadFromEnumerable<ImageInput>([]).Schema;
        var (file, hash) = models.Write(stream => ml.Model.Save(chain, input, stream), onnx);
        return new Candidate(file, hash, classes, report.ResumedAt);
    }

    private void Log(LoggingEventArgs line)
    {
        if (line.Kind >= ChannelMessageKind.Warning)
            log.LogWarning("{Message}", line.RawMessage);
    }

    private sealed class ClassNameRow
    {
        public string Label { get; set; } = "";
    }
}
