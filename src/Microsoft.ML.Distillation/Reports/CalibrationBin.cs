namespace Microsoft.ML.Distillation;

/// <summary>Images whose most likely class has a probability in one range.</summary>
public sealed record CalibrationBin
{
    /// <summary>The range's lower end, not in it.</summary>
    public required double From { get; init; }

    /// <summary>The range's upper end.</summary>
    public required double To { get; init; }

    /// <summary>Images in it, at least 1.</summary>
    public required int Images { get; init; }

    /// <summary>Mean probability of their most likely classes.</summary>
    public required double Confidence { get; init; }

    /// <summary>Share of them whose most likely class is the label.</summary>
    public required double Accuracy { get; init; }
}
