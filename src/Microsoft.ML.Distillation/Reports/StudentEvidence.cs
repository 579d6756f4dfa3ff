namespace Microsoft.ML.Distillation;

/// <summary>How flat the minimum is that a student ended in, and how much gradient its stages get (<see cref="EvidenceOptions"/>). What could not be measured is empty.</summary>
public sealed record StudentEvidence
{
    /// <summary>Accuracy on the validation images under noise in the weights, the weakest noise first.</summary>
    public IReadOnlyList<NoiseAccuracy> WeightNoise { get; init; } = [];

    /// <summary>Gradients by depth, the shallowest stage first, the classifier last.</summary>
    public IReadOnlyList<StageGradient> Gradients { get; init; } = [];
}

/// <summary>What is left of a student's accuracy when its weights are shaken.</summary>
/// <param name="Strength">The noise's deviation as a share of each tensor's root mean square weight.</param>
/// <param name="Accuracies">Share of the validation images classified right, 0…1, for each draw of the noise.</param>
public sealed record NoiseAccuracy(double Strength, IReadOnlyList<double> Accuracies)
{
    /// <summary>Their mean.</summary>
    public double Accuracy => Accuracies.Average();

    /// <summary>Their standard deviation, √(Σ (a − ā)² / (n − 1)); null for a single draw.</summary>
    public double? Deviation => Accuracies.Count < 2 ? null : Math.Sqrt(Accuracies.Sum(a => (a - Accuracy) * (a - Accuracy)) / (Accuracies.Count - 1));
}

/// <summary>How much gradient a stage gets.</summary>
/// <param name="Stage">The stage's name, such as <c>layer2</c>; <c>classifier</c> for what comes after the last one.</param>
/// <param name="Norm">Euclidean norm of the gradient by all of the stage's weights, the mean over batches.</param>
public sealed record StageGradient(string Stage, double Norm);
