namespace Microsoft.ML.Data;

public sealed class MulticlassClassificationMetrics
{
    internal MulticlassClassificationMetrics(MulticlassTally tally, int topKPredictionCount, string[] labels)
    {
        double total = tally.Total;
        var counts = tally.Counts;
        var present = Enumerable.Range(0, counts.Length).Where(i => counts[i].Sum() > 0).ToArray();

        MicroAccuracy = present.Sum(i => counts[i][i]) / total;
        MacroAccuracy = present.Average(i => counts[i][i] / counts[i].Sum());
        LogLoss = tally.LogLoss.Sum() / total;
        double prior = -present.Sum(i => counts[i].Sum() / total * Math.Log(counts[i].Sum() / total));
        LogLossReduction = prior == 0 ? 0 : (prior - LogLoss) / prior;
        PerClassLogLoss = tally.LogLoss.Select((loss, i) => counts[i].Sum() is var n && n > 0 ? loss / n : 0).ToArray();
        ConfusionMatrix = new ConfusionMatrix(counts, labels);

        TopKPredictionCount = topKPredictionCount;
        double within = 0;
        TopKAccuracyForAllK = tally.AtRank.Select(n => (within += n) / total).ToArray();
        if (topKPredictionCount > 0)
            TopKAccuracy = TopKAccuracyForAllK[Math.Min(topKPredictionCount, counts.Length) - 1];
    }

    public double LogLoss { get; }

    public double LogLossReduction { get; }

    public double MacroAccuracy { get; }

    public double MicroAccuracy { get; }

    public double TopKAccuracy { get; }

    public int TopKPredictionCount { get; }

    public IReadOnlyList<double> TopKAccuracyForAllK { get; }

    public IReadOnlyList<double> PerClassLogLoss { get; }

    public ConfusionMatrix ConfusionMatrix { get; }
}
