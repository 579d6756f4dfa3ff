namespace Microsoft.ML.Distillation.Quantizing;

/// <summary>
/// Chooses where to clip magnitudes, so that their distribution in few levels is closest to the one before (Migacz, "8-bit inference with TensorRT", GTC 2017). For every number of bins i
/// from 128 on: P is the first i bins, what lies beyond added to the last; Q is the first i bins in 128 groups, each group's count spread evenly over its bins that aren't empty. The i with
/// the least Σ P ln(P/Q), both normalised, is chosen; where P has values and Q has none the sum is infinite.
/// </summary>
/// <remarks>As in the slides, group g of i bins is ⌊g·i/128⌋ up to ⌊(g + 1)·i/128⌋; where i is no multiple of 128 they leave that open.</remarks>
internal static class EntropyThreshold
{
    public const int Levels = 128;

    /// <returns>Bins that are kept.</returns>
    public static int Choose(ReadOnlySpan<long> bins)
    {
        var (best, least) = (bins.Length, double.PositiveInfinity);
        for (var count = Levels; count <= bins.Length; count++)
        {
            var divergence = Divergence(bins, count);
            if (divergence < least)
                (best, least) = (count, divergence);
        }
        return best;
    }

    /// <summary>Σ P ln(P/Q) for the first <paramref name="count"/> bins.</summary>
    public static double Divergence(ReadOnlySpan<long> bins, int count)
    {
        var (inside, outside) = (Sum(bins[..count]), Sum(bins[count..]));
        if (inside == 0)
            return double.PositiveInfinity;
        var (total, divergence) = (inside + outside, 0.0);
        for (var group = 0; group < Levels; group++)
        {
            var (from, to) = ((int)((long)group * count / Levels), (int)((group + 1L) * count / Levels));
            var (sum, filled) = (0.0, 0);
            foreach (var bin in bins[from..to])
            {
                sum += bin;
                filled += bin > 0 ? 1 : 0;
            }
            for (var i = from; i < to; i++)
            {
                var p = (bins[i] + (i == count - 1 ? outside : 0)) / total;
                if (p > 0 && bins[i] == 0)
                    return double.PositiveInfinity;
                if (p > 0)
                    divergence += p * Math.Log(p / (sum / filled / inside));
            }
        }
        return divergence;
    }

    private static double Sum(ReadOnlySpan<long> bins)
    {
        var sum = 0.0;
        foreach (var bin in bins)
            sum += bin;
        return sum;
    }
}
