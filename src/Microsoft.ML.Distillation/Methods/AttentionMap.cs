namespace Microsoft.ML.Distillation;

/// <summary>How the channels of a feature map F become one attention map.</summary>
/// <remarks>Zagoruyko, Komodakis: "Paying more attention to attention", 2017, section 3.1, https://arxiv.org/abs/1612.03928.</remarks>
public enum AttentionMap
{
    /// <summary>Σ_c |F_c|.</summary>
    SumAbsolute,

    /// <summary>Σ_c |F_c|^p: the larger p, the more the strongest places weigh.</summary>
    SumPower,

    /// <summary>max_c |F_c|^p: only the strongest channel of each place.</summary>
    MaxPower,
}
