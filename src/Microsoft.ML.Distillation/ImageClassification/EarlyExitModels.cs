using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Teachers;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>An early exit as ONNX bytes.</summary>
/// <param name="Stage">The last stage of the student that is in it.</param>
/// <param name="Depth">That stage's place, the stem's being 0.</param>
internal sealed record EarlyExitModel(string Stage, int Depth, byte[] Model);

/// <summary>A student's early exits, shallowest first, the student itself last: written as files and measured.</summary>
/// <param name="size">Size of the images the models take.</param>
/// <param name="threads">CPU threads, as the student's own latency is measured with.</param>
internal sealed class EarlyExitModels(IReadOnlyList<EarlyExitModel> models, ImageSize size, EarlyExitEvaluation evaluation, int threads)
{
    public EarlyExitResults Export(string folder, IDataView? data)
    {
        var runners = Open();
        try
        {
            // Measured first: data that can't be read leaves no files behind.
            var measured = data is null ? null : evaluation.Measure(runners, data);
            var exits = models.Select((model, i) => new EarlyExitResult
            {
                Name = runners[i].Name,
                Path = Path.Combine(folder, $"{runners[i].Name}.onnx"),
                Stage = model.Stage,
                Depth = model.Depth,
                Accuracy = measured?.Accuracy[i],
                ModelBytes = model.Model.LongLength,
                LatencyMs = Latency.OfModel(runners[i], size),
            }).ToList();
            for (var i = 0; i < exits.Count; i++)
                WholeFile.Write(exits[i].Path, models[i].Model);
            return new EarlyExitResults { Exits = exits, Rows = measured?.Rows ?? 0, EnsembleAccuracy = measured?.Ensemble };
        }
        finally
        {
            Close(runners);
        }
    }

    /// <summary>The exits as a report tells of them, measured on held-out images where there are any.</summary>
    public IReadOnlyList<ExitFigures> Measure(PixelStore? heldOut)
    {
        var runners = Open();
        try
        {
            var measured = heldOut is null ? null : evaluation.Measure(runners, heldOut);
            return
            [
                .. models.Select((model, i) => new ExitFigures
                {
                    Name = runners[i].Name,
                    Stage = model.Stage,
                    Depth = model.Depth,
                    Parameters = OnnxParameters.Count(OnnxModelFile.FromBytes(model.Model, runners[i].Name)),
                    ModelBytes = model.Model.LongLength,
                    LatencyMs = Latency.OfModel(runners[i], size),
                    Accuracy = measured?.Accuracy[i],
                }),
            ];
        }
        finally
        {
            Close(runners);
        }
    }

    private List<OnnxRunner> Open() => [.. models.Select((model, i) => new OnnxRunner(model.Model, $"exit{i + 1}", threads))];

    private static void Close(List<OnnxRunner> runners)
    {
        foreach (var runner in runners)
            runner.Dispose();
    }
}
