using Microsoft.ML.Distillation.Evaluation;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Training;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Distillation.ImageClassification;

/// <summary>
/// Measures what a run's <see cref="EvidenceOptions"/> ask for. What can't be had costs the report that part and a warning, never the run its model.
/// </summary>
internal sealed class EvidenceRun(ImageClassificationDistillationOptions options, int seed, IChannel channel)
{
    /// <summary>Whether the student of a seed is one that evidence is wanted of: the returned one and its baseline are of the run's own.</summary>
    public bool Wants(int runSeed, TrainingHistory history) => options.Evidence is not null && runSeed == seed && !history.Cancelled;

    public IReadOnlyList<StageGradient> Gradients(ITrainingTask task, ClassifierModule student, TrainingHistory history)
    {
        channel.Info(MessageSensitivity.None, "Measuring the gradients of the student's stages.");
        return Try("gradients by depth", () => StageGradients.Measure(
            task, StageGradients.Group(student), history.Epochs - 1, options.Evidence!.GradientBatches, options.CancellationToken));
    }

    public IReadOnlyList<NoiseAccuracy> Noise(ClassifierModule student, Func<double> accuracy)
    {
        channel.Info(MessageSensitivity.None, "Measuring the student under noise in its weights.");
        return Try("accuracy under weight noise", () => WeightNoise.Measure(student, options.Evidence!, seed, accuracy));
    }

    private IReadOnlyList<T> Try<T>(string what, Func<IReadOnlyList<T>> measure)
    {
        try
        {
            return measure();
        }
        catch (OperationCanceledException) when (options.OnCancellation == CancellationResult.ReturnBest)
        {
            return [];
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            channel.Warning(MessageSensitivity.None, $"The report goes without {what}: {error.Message}");
            return [];
        }
    }
}
