namespace Microsoft.ML.Distillation;

/// <summary>What a model is worth on held-out images, and what it costs. What was not measured is null, or an empty list.</summary>
public sealed record ModelFigures
{
    /// <summary>Share of the held-out images whose most likely class is the label (top 1), 0…1; the mean where several seeds were trained.</summary>
    public double? Accuracy { get; init; }

    /// <summary>The same for each seed, where several were trained. All that follows is of the first seed's model.</summary>
    public IReadOnlyList<double> Accuracies { get; init; } = [];

    /// <summary>Expected calibration error over 15 bins of equal width, 0…1: by how much its probabilities miss the share it is right in.</summary>
    public double? Ece { get; init; }

    /// <summary>The bins the error was taken over; those without images are left out.</summary>
    public IReadOnlyList<CalibrationBin> Calibration { get; init; } = [];

    /// <summary>Each class, in the order of the scores.</summary>
    public IReadOnlyList<ClassFigures> PerClass { get; init; } = [];

    /// <summary>Held-out images by label (rows) and most likely class (columns).</summary>
    public IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; } = [];

    /// <summary>Share of the held-out images whose most likely class is the teacher's too, 0…1.</summary>
    public double? TeacherAgreement { get; init; }

    /// <summary>A detector's mean average precision over IoU thresholds from .5 to .95, COCO's (mAP 50:95), 0…1; the mean where several seeds were trained.</summary>
    public double? MeanAveragePrecision { get; init; }

    /// <summary>The same for each seed, where several were trained.</summary>
    public IReadOnlyList<double> MeanAveragePrecisions { get; init; } = [];

    /// <summary>A detector's mean average precision at an IoU of .5 (mAP 50), 0…1.</summary>
    public double? MeanAveragePrecision50 { get; init; }

    /// <summary>Trained values.</summary>
    public long? Parameters { get; init; }

    /// <summary>Size of its ONNX file in bytes.</summary>
    public long? ModelBytes { get; init; }

    /// <summary>Time for one image alone in ONNX Runtime on the CPU, in milliseconds: the median.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>Mean time of an epoch of its training, validation apart.</summary>
    public double? SecondsPerEpoch { get; init; }

    /// <summary>Training images per second.</summary>
    public double? ImagesPerSecond { get; init; }

    /// <summary>Share of the held-out images classified right after each epoch.</summary>
    public IReadOnlyList<double> ValidationAccuracy { get; init; } = [];

    /// <summary>How flat its minimum is and how much gradient its stages get; null where the options have no <see cref="ImageClassificationDistillationOptions.Evidence"/>.</summary>
    public StudentEvidence? Evidence { get; init; }
}
