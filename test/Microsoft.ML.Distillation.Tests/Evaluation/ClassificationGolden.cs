using Microsoft.ML.Distillation.Evaluation;

namespace Microsoft.ML.Distillation.Tests.Evaluation;

/// <summary>Made-up predictions with what test/goldens/make_classification_figures.py counts of them.</summary>
internal sealed class ClassificationGolden
{
    public static ClassificationGolden Read() => Golden.Read<ClassificationGolden>("reports/classification.json");

    public required int[] Labels { get; init; }

    public required int[] Predicted { get; init; }

    public required float[] Confidences { get; init; }

    public required double Accuracy { get; init; }

    public required int[][] Confusion { get; init; }

    public required ClassCounts[] Classes { get; init; }

    public required Bin[] Bins { get; init; }

    public required double Error { get; init; }

    public ClassScores Scores => new(Predicted, Confidences, Labels);

    internal sealed record ClassCounts(int Support, double? Precision, double? Recall, double? F1);

    internal sealed record Bin(double From, double To, int Images, double Confidence, double Accuracy);
}
