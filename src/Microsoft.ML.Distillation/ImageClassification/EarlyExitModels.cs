using System.Diagnostics;
using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Training;

namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>An early exit as ONNX bytes.</summary>
/// <param name="Stage">The last stage of the student that is in it.</param>
/// <param name="Depth">That stage's place, the stem's being 0.</param>
internal sealed record EarlyExitModel(string Stage, int Depth, byte[] Model);

/// <summary>A student's early exits, shallowest first, the student itself last: written as files and measured.</summary>
/// <param name="size">Size of the images the models take.</param>
internal sealed class EarlyExitModels(IReadOnlyList<EarlyExitModel> models, ImageSize size, EarlyExitEvaluation evaluation)
{
    private const int WarmUps = 5, Repeats = 50;

    public EarlyExitResults Export(string folder, IDataView? data)
    {
        var runners = models.Select((model, i) => new OnnxRunner(model.Model, $"exit{i + 1}", ThreadLimit.Default)).ToList();
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
                LatencyMs = MedianLatency(runners[i]),
            }).ToList();
            for (var i = 0; i < exits.Count; i++)
                WholeFile.Write(exits[i].Path, models[i].Model);
            return new EarlyExitResults { Exits = exits, Rows = measured?.Rows ?? 0, EnsembleAccuracy = measured?.Ensemble };
        }
        finally
        {
            foreach (var runner in runners)
                runner.Dispose();
        }
    }

    private double MedianLatency(OnnxRunner runner)
    {
        var image = new float[3 * size.Pixels];
        var times = new double[Repeats];
        for (var i = -WarmUps; i < Repeats; i++)
        {
            var start = Stopwatch.GetTimestamp();
            runner.Run(image, [1, 3, size.Height, size.Width]);
            if (i >= 0)
                times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        Array.Sort(times);
        return (times[Repeats / 2 - 1] + times[Repeats / 2]) / 2;
    }
}
