using System.Text;
using Microsoft.ML.Distillation;
using Microsoft.ML.Distillation.Scoring;

namespace Microsoft.ML;

/// <summary>The door to scoring many images at a time, on <see cref="MLContext"/>. It needs ONNX Runtime and ML.NET's packages, but no TorchSharp.</summary>
public static class BulkScoringExtensions
{
    /// <summary>Loads a model that <c>ml.Model.Save</c> saved, with a distilled image classifier or detector in it, to score many images at a time.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="path">The <c>.zip</c> file.</param>
    /// <param name="batchSize">Images at a time, at least 1 (<see cref="BulkScorer.BatchSize"/>).</param>
    /// <returns>The model, to be disposed of when no view of it is read any more.</returns>
    /// <exception cref="NotSupportedException">The model has no distilled image classifier or detector in it, or several.</exception>
    /// <exception cref="InvalidOperationException">The context asks for a GPU that ONNX Runtime can't use.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="InvalidDataException">The file is no saved model, or is damaged.</exception>
    public static BulkScorer LoadBulkScorer(this MLContext ml, string path, int batchSize = BulkScorer.DefaultBatchSize)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        byte[][] names = [Encoding.UTF8.GetBytes(GraphOutputs.Logits), Encoding.UTF8.GetBytes(GraphOutputs.Boxes)];
        var graphs = SavedGraphs.Read(path).Where(graph => names.Any(name => graph.AsSpan().IndexOf(name) >= 0)).ToList();
        if (graphs.Count != 1)
        {
            throw new NotSupportedException(
                $"'{path}' has {(graphs.Count == 0 ? "no distilled image classifier or detector" : $"{graphs.Count} distilled image classifiers or detectors")} in it; scoring in batches takes one. Load it with ml.Model.Load, which scores row by row.");
        }
        var session = new BatchSession(graphs[0], ml.GpuDeviceId, ml.FallbackToCpu);
        try
        {
            var model = ml.Model.Load(path, out _);
            return new BulkScorer(model, session, batchSize, session, model as IDisposable);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
