using System.Text.Json.Serialization;

namespace Microsoft.ML.Distillation.Training;

/// <summary>How far a run has come, and its course so far: what a checkpoint holds beside tensors.</summary>
internal sealed class TrainingRecord
{
    /// <summary>Steps done.</summary>
    public long Step { get; set; }

    /// <summary>Mean of every loss term, epoch by epoch.</summary>
    public Dictionary<string, List<double>> Terms { get; init; } = [];

    /// <summary>Learning rate at the end of each epoch.</summary>
    public List<double> LearningRate { get; init; } = [];

    /// <summary>What was measured after each epoch.</summary>
    public List<double> Validation { get; init; } = [];

    /// <summary>What retries have made of the learning rate.</summary>
    public double RateFactor { get; set; } = 1;

    /// <summary>What went wrong and was tried again, in words.</summary>
    public List<string> Retries { get; init; } = [];

    /// <summary>Time spent in each phase.</summary>
    public Dictionary<string, double> Seconds { get; set; } = [];

    /// <summary>The weights are the ones to return.</summary>
    public bool Finished { get; set; }

    /// <summary>It ended before its last epoch, by <see cref="EarlyStoppingOptions"/>.</summary>
    public bool StoppedEarly { get; set; }

    /// <summary>Epochs that are whole, with all that is measured of them.</summary>
    [JsonIgnore]
    public int Epochs => LearningRate.Count;

    /// <summary>The best epoch, from 1, the later one of equals; null where nothing is measured.</summary>
    [JsonIgnore]
    public int? BestEpoch => Validation.Count == 0 ? null : Validation.LastIndexOf(Validation.Max()) + 1;

    public void EndEpoch(IReadOnlyDictionary<string, double> means, double learningRate, double? measured)
    {
        foreach (var (name, value) in means)
        {
            if (!Terms.TryGetValue(name, out var values))
                Terms.Add(name, values = []);
            values.Add(value);
        }
        LearningRate.Add(learningRate);
        if (measured is { } metric)
            Validation.Add(metric);
    }
}
