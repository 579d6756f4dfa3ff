using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Tests.Packages;

/// <summary>The multiclass evaluator's figures, by hand.</summary>
public class MicrosoftMLEvaluationTests
{
    private sealed class Scored
    {
        [KeyType(3)]
        public uint Label { get; set; }

        [KeyType(3)]
        public uint PredictedLabel { get; set; }

        [VectorType(3)]
        public float[]? Score { get; set; }
    }

    // Labels 1 1 2 3; the first is wrong (its label is second), the last is wrong (its label is third).
    private static readonly Scored[] _rows =
    [
        new() { Label = 1, PredictedLabel = 2, Score = [0.3f, 0.5f, 0.2f] },
        new() { Label = 1, PredictedLabel = 1, Score = [0.8f, 0.1f, 0.1f] },
        new() { Label = 2, PredictedLabel = 2, Score = [0.1f, 0.6f, 0.3f] },
        new() { Label = 3, PredictedLabel = 1, Score = [0.5f, 0.4f, 0.1f] },
    ];

    private static MulticlassClassificationMetrics Evaluate(int topK = 0)
    {
        var ml = new MLContext(seed: 1);
        return ml.MulticlassClassification.Evaluate(ml.Data.LoadFromEnumerable(_rows), topKPredictionCount: topK);
    }

    [Fact]
    public void Accuracies()
    {
        var metrics = Evaluate();
        Assert.Equal(2.0 / 4, metrics.MicroAccuracy, 6);
        Assert.Equal((0.5 + 1 + 0) / 3, metrics.MacroAccuracy, 6);
    }

    [Fact]
    public void Log_losses()
    {
        var metrics = Evaluate();
        double loss = -(Math.Log(0.3) + Math.Log(0.8) + Math.Log(0.6) + Math.Log(0.1)) / 4;
        double prior = -(0.5 * Math.Log(0.5) + 2 * 0.25 * Math.Log(0.25));
        Assert.Equal(loss, metrics.LogLoss, 5);
        Assert.Equal(1 - loss / prior, metrics.LogLossReduction, 5);
        Assert.Equal(-(Math.Log(0.3) + Math.Log(0.8)) / 2, metrics.PerClassLogLoss[0], 5);
        Assert.Equal(-Math.Log(0.6), metrics.PerClassLogLoss[1], 5);
        Assert.Equal(-Math.Log(0.1), metrics.PerClassLogLoss[2], 5);
    }

    [Fact]
    public void Top_two_accuracy_counts_a_label_in_second_place()
    {
        var metrics = Evaluate(topK: 2);
        Assert.Equal(2, metrics.TopKPredictionCount);
        Assert.Equal(3.0 / 4, metrics.TopKAccuracy, 6);
    }

    [Fact]
    public void The_confusion_matrix_has_actual_classes_in_rows()
    {
        var matrix = Evaluate().ConfusionMatrix;
        Assert.Equal(3, matrix.NumberOfClasses);
        Assert.Equal([1.0, 1, 0], matrix.Counts[0]);
        Assert.Equal([0.0, 1, 0], matrix.Counts[1]);
        Assert.Equal([1.0, 0, 0], matrix.Counts[2]);
        Assert.Equal(0.5, matrix.PerClassRecall[0], 6);
        Assert.Equal(0.5, matrix.PerClassPrecision[1], 6);
        Assert.Contains("Precision", matrix.GetFormattedConfusionTable());
    }

    [Fact]
    public void A_column_that_is_not_there_is_named()
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable(_rows);
        var error = Assert.ThrowsAny<ArgumentException>(() => ml.MulticlassClassification.Evaluate(data, labelColumnName: "Truth"));
        Assert.Contains("Truth", error.Message);
    }
}
