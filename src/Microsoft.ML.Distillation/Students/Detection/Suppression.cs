using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Students.Detection;

/// <summary>Which of a detector's boxes are given out: those scored high enough, less those that another box of the same class hides.</summary>
internal sealed record Suppression
{
    /// <summary>A box needs a score above this; 0…1.</summary>
    public float ScoreThreshold { get; init; } = .25f;

    /// <summary>A box goes whose intersection over union with a better one of its class is above this; 0…1.</summary>
    public float IouThreshold { get; init; } = .45f;

    /// <summary>At most so many boxes of a class in an image.</summary>
    public int MaximumPerClass { get; init; } = 100;

    /// <summary>At most so many boxes in an image: those with the highest scores.</summary>
    public int Maximum { get; init; } = 300;

    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Check()
    {
        var faults = new Faults("Suppression of boxes");
        faults.AddIf(!(ScoreThreshold is >= 0 and <= 1), $"{nameof(ScoreThreshold)} is {ScoreThreshold}; it must be in 0…1.");
        faults.AddIf(!(IouThreshold is >= 0 and <= 1), $"{nameof(IouThreshold)} is {IouThreshold}; it must be in 0…1.");
        faults.AddIf(MaximumPerClass < 1, $"{nameof(MaximumPerClass)} is {MaximumPerClass}; it must be at least 1.");
        faults.AddIf(Maximum < 1, $"{nameof(Maximum)} is {Maximum}; it must be at least 1.");
        faults.ThrowIfAny("suppression");
    }
}
