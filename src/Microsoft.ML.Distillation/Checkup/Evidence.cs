namespace Microsoft.ML.Distillation.Checkup;

/// <summary>What shares of a sample can be told from chance.</summary>
internal static class Evidence
{
    /// <summary>Standard deviations of chance that a difference must exceed.</summary>
    public const double Deviations = 3;

    /// <summary>Whether <paramref name="better"/> is right on more rows than <paramref name="worse"/>: by more than a share of them, and by more than chance.</summary>
    /// <param name="least">The share, 0…1.</param>
    public static bool IsClearlyBetter(ReadOnlySpan<bool> better, ReadOnlySpan<bool> worse, double least)
    {
        var (gain, different) = (0, 0);
        for (var i = 0; i < better.Length; i++)
        {
            gain += (better[i] ? 1 : 0) - (worse[i] ? 1 : 0);
            different += better[i] != worse[i] ? 1 : 0;
        }
        // Between two that are equally good, a row on which just one is right is a coin's toss.
        return gain > Math.Max(least * better.Length, Deviations * Math.Sqrt(different));
    }

    /// <summary>
    /// Whether someone who is right on these rows knows more than chance. Where one class is most of the data, always naming that one is right often, and someone who knows
    /// better may be right less often: then it is the mean over the classes of the share that was right that tells. Of too few rows, or of one class, nothing can be told, and that counts as true.
    /// </summary>
    /// <param name="right">Row by row.</param>
    /// <param name="labels">The rows' classes, from 0.</param>
    public static bool BeatsChance(IReadOnlyList<bool> right, IReadOnlyList<int> labels)
    {
        var classes = labels.Zip(right).GroupBy(p => p.First, p => p.Second).Select(g => (Rows: g.Count(), Right: g.Count(r => r))).ToList();
        var (rows, chance) = (labels.Count, 1.0 / classes.Count);
        var most = classes.Max(c => c.Rows) / (double)rows;
        var recall = classes.Average(c => c.Right / (double)c.Rows);
        var deviation = Math.Sqrt(classes.Sum(c => chance * (1 - chance) / c.Rows)) / classes.Count;
        var (leastShare, leastRecall) = (most + Deviations * Math.Sqrt(most * (1 - most) / rows), chance + Deviations * deviation);
        return classes.Sum(c => c.Right) / (double)rows > leastShare || recall > leastRecall || (leastShare >= 1 && leastRecall >= 1);
    }

    /// <summary>The share of the class that has most rows.</summary>
    public static double LargestShare(IReadOnlyList<int> labels) => labels.GroupBy(l => l).Max(g => g.Count()) / (double)labels.Count;
}
