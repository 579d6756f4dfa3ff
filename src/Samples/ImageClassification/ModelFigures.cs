namespace Samples.ImageClassification;

/// <summary>What a model is worth and what it costs. What was not measured is null, and absent from the report.</summary>
internal sealed record ModelFigures
{
    /// <summary>On all test images; the mean over the seeds.</summary>
    public required double Accuracy { get; init; }

    /// <summary>One a seed.</summary>
    public IReadOnlyList<double>? Accuracies { get; init; }

    public long? Parameters { get; init; }

    /// <summary>Of the .onnx file.</summary>
    public long? ModelBytes { get; init; }

    public double? LatencyMs { get; init; }

    /// <summary>In its training; of a teacher that came as a file, what the student's epochs spend in it.</summary>
    public double? SecondsPerEpoch { get; init; }

    /// <summary>The same, as images.</summary>
    public double? ImagesPerSecond { get; init; }
}
