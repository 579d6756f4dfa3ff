namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>Hears progress on the very thread that reports it (<see cref="Progress{T}"/> would queue it).</summary>
internal sealed class Listener(Action<DistillationProgress>? onReport = null) : IProgress<DistillationProgress>
{
    public List<DistillationProgress> Heard { get; } = [];

    public IEnumerable<DistillationProgress> Of(DistillationPhase phase) => Heard.Where(p => p.Phase == phase);

    public void Report(DistillationProgress value)
    {
        Heard.Add(value);
        onReport?.Invoke(value);
    }
}
