namespace Microsoft.ML.Distillation.Reports;

/// <summary><c>evidence</c> of a model in <c>report.json</c>.</summary>
internal sealed record EvidencePart(IReadOnlyList<NoisePart>? WeightNoise, IReadOnlyList<GradientPart>? Gradients)
{
    public static EvidencePart? Of(StudentEvidence? evidence) => evidence is null
        ? null
        : new EvidencePart(
            Json.Some<NoisePart>([.. evidence.WeightNoise.Select(n => new NoisePart(n.Strength, n.Accuracy, n.Deviation, n.Accuracies))]),
            Json.Some<GradientPart>([.. evidence.Gradients.Select(g => new GradientPart(g.Stage, Json.Finite(g.Norm)))]));
}

/// <summary>One of <see cref="EvidencePart.WeightNoise"/>.</summary>
internal sealed record NoisePart(double Strength, double Accuracy, double? Deviation, IReadOnlyList<double> Accuracies);

/// <summary>One of <see cref="EvidencePart.Gradients"/>.</summary>
internal sealed record GradientPart(string Stage, double? Norm);
