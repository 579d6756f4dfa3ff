using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Distillation;
using Microsoft.ML.Transforms;

namespace Samples.ImageClassification;

/// <summary>A fitted pipeline, from the path of an image to the name of its class.</summary>
internal sealed class Trained(TransformerChain<KeyToValueMappingTransformer> model) : IDisposable
{
    public TransformerChain<KeyToValueMappingTransformer> Model => model;

    /// <summary>The link that was distilled.</summary>
    public ImageClassificationDistillationTransformer Student { get; } = model.OfType<ImageClassificationDistillationTransformer>().Single();

    public TrainingReport Report => Student.Report;

    public void Dispose() => model.Dispose();
}

/// <summary>What is kept of a run once its model is gone.</summary>
/// <param name="Accuracy">On the test images.</param>
/// <param name="Recalls">Share of each class's test images that were recognised.</param>
/// <param name="Report">Of its training.</param>
internal sealed record RunResult(double Accuracy, IReadOnlyList<double> Recalls, TrainingReport Report);

/// <summary>The two runs of a seed, and what the teacher brought.</summary>
internal sealed record SeedResult(int Seed, RunResult Alone, RunResult Distilled)
{
    public double Gain => Distilled.Accuracy - Alone.Accuracy;
}
