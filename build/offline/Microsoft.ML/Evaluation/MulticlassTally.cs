namespace Microsoft.ML.Data;

/// <summary>What a pass over scored rows adds up.</summary>
internal sealed class MulticlassTally
{
    private const double SmallestProbability = 1e-15;

    internal MulticlassTally(int classes)
    {
        Counts = Enumerable.Range(0, classes).Select(_ => new double[classes]).ToArray();
        LogLoss = new double[classes];
        AtRank = new double[classes];
    }

    /// <summary>Rows: the label; columns: the class with the largest score.</summary>
    internal double[][] Counts { get; }

    /// <summary>By label, summed.</summary>
    internal double[] LogLoss { get; }

    /// <summary>How often the label had the largest score, the second largest, and so on.</summary>
    internal double[] AtRank { get; }

    internal double Total { get; private set; }

    internal void Add(int label, ReadOnlySpan<float> scores)
    {
        // Rows that no label or no number says anything about count for nothing.
        if (label < 0 || label >= scores.Length)
            return;
        foreach (float score in scores)
        {
            if (float.IsNaN(score))
                return;
        }
        int rank = 0, best = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] > scores[best])
                best = i;
            if (scores[i] > scores[label] || (scores[i] == scores[label] && i < label))
                rank++;
        }
        Counts[label][best]++;
        AtRank[rank]++;
        LogLoss[label] -= Math.Log(Math.Clamp(scores[label], SmallestProbability, 1));
        Total++;
    }
}
