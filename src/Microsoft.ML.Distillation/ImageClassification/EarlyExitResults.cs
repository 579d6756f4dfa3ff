namespace Microsoft.ML.Distillation;

/// <summary>The models a student's early exits were written as, and how they do.</summary>
public sealed class EarlyExitResults
{
    /// <summary>The exits, shallowest first; the last is the student itself.</summary>
    public required IReadOnlyList<EarlyExitResult> Exits { get; init; }

    /// <summary>Images they were measured on; 0 where no data was given.</summary>
    public int Rows { get; init; }

    /// <summary>Share of images whose most likely class, by the mean of all exits' probabilities, is the label; null where no data was given.</summary>
    public double? EnsembleAccuracy { get; init; }
}

/// <summary>One early exit.</summary>
public sealed class EarlyExitResult
{
    /// <summary>The exit's name, which is its file's without <c>.onnx</c>: <c>exit1</c> is the shallowest.</summary>
    public required string Name { get; init; }

    /// <summary>The file that was written.</summary>
    public required string Path { get; init; }

    /// <summary>The last stage of the student that is in it, such as <c>layer2</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>How many stages of the student are in it, the stem not counted.</summary>
    public required int Depth { get; init; }

    /// <summary>Share of images whose most likely class is the label, 0…1; null where no data was given.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Size of the file in bytes.</summary>
    public required long ModelBytes { get; init; }

    /// <summary>Time for one image alone in ONNX Runtime on the CPU, in milliseconds: the median of 50 after 5.</summary>
    public required double LatencyMs { get; init; }
}
