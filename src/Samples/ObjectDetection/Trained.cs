using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Distillation;
using Microsoft.ML.Transforms;

namespace Samples.ObjectDetection;

/// <summary>A fitted pipeline, from the path of an image to the boxes on it and the names of their classes.</summary>
internal sealed class Trained(TransformerChain<KeyToValueMappingTransformer> model) : IDisposable
{
    public TransformerChain<KeyToValueMappingTransformer> Model => model;

    /// <summary>The link that was trained.</summary>
    public ObjectDetectionDistillationTransformer Detector { get; } = model.OfType<ObjectDetectionDistillationTransformer>().Single();

    public TrainingReport Report => Detector.Report;

    public void Dispose() => model.Dispose();
}

/// <summary>What is kept of a run once its model is gone.</summary>
/// <param name="Metrics">On the test images.</param>
/// <param name="Report">Of its training.</param>
internal sealed record RunResult(DetectionMetrics Metrics, TrainingReport Report)
{
    public double Precision => Metrics.MeanAveragePrecision;
}

/// <summary>The two runs of a seed, and what the teacher brought.</summary>
internal sealed record SeedResult(int Seed, RunResult Alone, RunResult Distilled)
{
    /// <summary>Of mean average precision (mAP 50:95).</summary>
    public double Gain => Distilled.Precision - Alone.Precision;
}
