using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>A teacher's scores as logits.</summary>
internal static class ScoreConversion
{
    /// <summary>A row of scores counts as probabilities if it adds up to 1 ± this.</summary>
    private const double SumTolerance = 1e-3;

    /// <summary>Probabilities below this are taken as this: their logarithm must stay finite.</summary>
    private const double SmallestProbability = 1e-12;

    /// <param name="scores">N×C.</param>
    public static bool LookLikeProbabilities(Tensor scores) =>
        scores.ge(0).all().item<bool>() && (scores.sum(1L) - 1).abs().max().item<float>() < SumTolerance;

    /// <summary>Logits that softmax turns back into these probabilities.</summary>
    public static Tensor LogOf(Tensor probabilities) => probabilities.clamp_min(SmallestProbability).log();
}
