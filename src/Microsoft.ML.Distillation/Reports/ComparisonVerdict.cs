namespace Microsoft.ML.Distillation;

/// <summary>What a comparison with the baseline allows to say.</summary>
public enum ComparisonVerdict
{
    /// <summary>Fewer than 3 seeds: nothing.</summary>
    TooFewSeeds,

    /// <summary>The gain's interval has 0 in it: it may be chance.</summary>
    NoEvidence,

    /// <summary>All of the gain's interval is above 0.</summary>
    Helped,

    /// <summary>All of the gain's interval is below 0.</summary>
    Hurt,
}
