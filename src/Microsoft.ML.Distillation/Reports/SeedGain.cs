namespace Microsoft.ML.Distillation;

/// <summary>What distillation brought with one seed.</summary>
/// <param name="Seed">Of both students' weights, order and augmentation.</param>
/// <param name="Baseline">Accuracy, or a detector's mean average precision, of the student that trained without teacher and methods, 0…1.</param>
/// <param name="Distilled">The same of the student that trained with them, 0…1.</param>
public sealed record SeedGain(int Seed, double Baseline, double Distilled)
{
    /// <summary>Distilled − baseline.</summary>
    public double Gain => Distilled - Baseline;
}
