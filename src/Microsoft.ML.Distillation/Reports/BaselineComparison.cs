using Microsoft.ML.Distillation.Evaluation;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Did distillation help on this data? The students of each seed are a pair: the same initial weights, order of images and schedule. The mean of their gains ḡ = Σ gᵢ / k has the 95 %
/// interval ḡ ± t·s/√k, with s the gains' standard deviation and t Student's 97.5 % quantile of k − 1 degrees of freedom.
/// </summary>
/// <remarks>
/// The interval is about what another seed would do on the same held-out images. That other images would differ too is what <see cref="NoiseBound"/> tells.
/// </remarks>
public sealed record BaselineComparison
{
    private const string Accuracy = "accuracy", Precision = "mAP 50:95";
    private const int FewestSeeds = 3;
    private const double Confidence = .95, NormalQuantile = 1.959963984540054;

    private BaselineComparison(string metric, IReadOnlyList<SeedGain> seeds, int images, bool chosen)
    {
        (Metric, Seeds, Images, EpochsChosen) = (metric, seeds, images, chosen);
        MeanGain = seeds.Average(seed => seed.Gain);
        NoiseBound = metric == Accuracy ? Noise(seeds.Average(seed => seed.Baseline), seeds.Average(seed => seed.Distilled), images) : null;
        Interval = seeds.Count < FewestSeeds ? null : IntervalOf([.. seeds.Select(seed => seed.Gain)], MeanGain);
        Verdict = Judge();
    }

    /// <summary>What is compared: <c>accuracy</c>, or a detector's mean average precision, <c>mAP 50:95</c>.</summary>
    public string Metric { get; }

    /// <summary>Each seed, in the order they were trained in.</summary>
    public IReadOnlyList<SeedGain> Seeds { get; }

    /// <summary>Held-out images all figures are of.</summary>
    public int Images { get; }

    /// <summary>Whether these images also chose the epoch whose weights each student has (<c>KeepBest</c>, <c>EarlyStopping</c>), which flatters both of a pair.</summary>
    public bool EpochsChosen { get; }

    /// <summary>The mean of the seeds' gains, −1…1.</summary>
    public double MeanGain { get; }

    /// <summary>The 95 % interval of the mean gain; null with fewer than 3 seeds.</summary>
    public (double Low, double High)? Interval { get; }

    /// <summary>What can be said.</summary>
    public ComparisonVerdict Verdict { get; }

    /// <summary>
    /// By how much two models that are equally good differ at most on so many images by the choice of the images alone, in 19 of 20 cases:
    /// 1.96·√(p₁(1 − p₁)/n + p₂(1 − p₂)/n), the images counted with one right and one wrong more for each model. Null for a mean average precision, which is no share of the images.
    /// </summary>
    /// <remarks>It is the bound for models that err independently; models that err on the same images, as a pair does in part, differ by less. Agresti, Caffo: "Simple and effective confidence intervals for proportions and differences of proportions", 2000.</remarks>
    public double? NoiseBound { get; }

    /// <summary>The verdict in a sentence, with the number of images it is about.</summary>
    public string Text => Verdict switch
    {
        ComparisonVerdict.Helped => $"Distillation helped: {Change}{Doubt}{Choice}",
        ComparisonVerdict.Hurt => $"Distillation hurt: {Change}{Doubt}{Choice}",
        ComparisonVerdict.NoEvidence when AllAlike => $"No evidence that distillation helped or hurt: all {Seeds.Count} seeds changed {Metric} by exactly {Signed(MeanGain)} points on {ImagesText}, which {(NoiseBound is null ? "tells nothing of their chance" : "is within what the choice of images alone makes")}.",
        ComparisonVerdict.NoEvidence => $"No evidence that distillation helped or hurt: {Change}, and that includes 0.{Choice}",
        _ => FormattableString.Invariant($"Nothing can be said of whether distillation helped: that takes {FewestSeeds} seeds, and there {(Seeds.Count == 1 ? "is 1" : $"are {Seeds.Count}")}. {(Metric == Accuracy ? "Accuracy" : Metric)} changed by {string.Join(" and ", Seeds.Select(seed => Signed(seed.Gain)))} points on {ImagesText}."),
    };

    /// <summary>What differences mean nothing on so few images, in a sentence.</summary>
    public string NoiseText => NoiseBound is { } noise
        ? FormattableString.Invariant($"On {ImagesText}, differences between two models of less than {100 * noise:0.00} points may be noise: the choice of the images alone can make them.")
        : $"The figures are of {ImagesText}; on others they differ, by how much is not known of a mean average precision.";

    private bool AllAlike => Seeds.Max(seed => seed.Gain) - Seeds.Min(seed => seed.Gain) < (NoiseBound is null ? 1e-9 : .5 / Images);

    private string ImagesText => Images == 1 ? "1 held-out image" : FormattableString.Invariant($"{Images} held-out images");

    private string Change => AllAlike
        ? $"all {Seeds.Count} seeds changed {Metric} by exactly {Signed(MeanGain)} points on {ImagesText}"
        : FormattableString.Invariant($"{Metric} changed by {Signed(MeanGain)} points on {ImagesText}, the mean of {Seeds.Count} seeds, with a 95 % interval of {Signed(Interval!.Value.Low)} to {Signed(Interval.Value.High)}");

    private string Doubt => NoiseBound is { } noise && Math.Abs(MeanGain) < noise
        ? FormattableString.Invariant($". That is what other seeds would do on these images; with other images it may differ, since {Images} can't surely tell apart models that differ by less than {100 * noise:0.00} points.")
        : ".";

    private string Choice => EpochsChosen ? " These images also chose each student's epoch, which flatters both kinds; without KeepBest and EarlyStopping they don't." : "";

    /// <summary>Compares accuracies that were measured on the same images.</summary>
    /// <param name="seeds">Pairs of students, one a seed; at least 1.</param>
    /// <param name="images">Images each accuracy is of, at least 1.</param>
    /// <param name="epochsChosen">Whether these images also chose the epoch whose weights each student has.</param>
    /// <returns>The comparison.</returns>
    /// <exception cref="ArgumentException">There are no seeds or no images, a seed is there twice, or an accuracy is not in 0…1.</exception>
    public static BaselineComparison Of(IReadOnlyList<SeedGain> seeds, int images, bool epochsChosen = false) => Of(Accuracy, seeds, images, epochsChosen);

    /// <summary>Compares mean average precisions (mAP 50:95) that were measured on the same images.</summary>
    /// <inheritdoc cref="Of(IReadOnlyList{SeedGain}, int, bool)"/>
    public static BaselineComparison OfPrecision(IReadOnlyList<SeedGain> seeds, int images, bool epochsChosen = false) => Of(Precision, seeds, images, epochsChosen);

    private static BaselineComparison Of(string metric, IReadOnlyList<SeedGain> seeds, int images, bool epochsChosen)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        if (seeds.Count == 0)
            throw new ArgumentException("There are no seeds to compare; give at least one.", nameof(seeds));
        if (seeds.GroupBy(seed => seed.Seed).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"Seed {twice.Key} is there {twice.Count()} times; a seed trains the same students every time and counts once.", nameof(seeds));
        if (seeds.FirstOrDefault(seed => seed is not { Baseline: >= 0 and <= 1, Distilled: >= 0 and <= 1 }) is { } wrong)
            throw new ArgumentException(FormattableString.Invariant($"Seed {wrong.Seed} has {(metric == Accuracy ? "accuracies" : metric)} {wrong.Baseline} and {wrong.Distilled}; they must be in 0…1."), nameof(seeds));
        return new BaselineComparison(metric, [.. seeds], images, epochsChosen);
    }

    private ComparisonVerdict Judge()
    {
        if (Interval is not { } interval)
            return ComparisonVerdict.TooFewSeeds;
        // Gains that are all alike have an interval of no width, which says nothing of their chance: then the images' own noise must do, where it is known.
        if (AllAlike && NoiseBound is null)
            return ComparisonVerdict.NoEvidence;
        var (low, high) = AllAlike ? (MeanGain - NoiseBound!.Value, MeanGain + NoiseBound.Value) : interval;
        return low > 0 ? ComparisonVerdict.Helped : high < 0 ? ComparisonVerdict.Hurt : ComparisonVerdict.NoEvidence;
    }

    private static (double Low, double High) IntervalOf(double[] gains, double mean)
    {
        var variance = gains.Sum(gain => (gain - mean) * (gain - mean)) / (gains.Length - 1);
        var half = StudentT.TwoSided(Confidence, gains.Length - 1) * Math.Sqrt(variance / gains.Length);
        return (mean - half, mean + half);
    }

    private static double Noise(double first, double second, int images)
    {
        return NormalQuantile * Math.Sqrt(Variance(first) + Variance(second));

        double Variance(double share)
        {
            var counted = (share * images + 1) / (images + 2);
            return counted * (1 - counted) / (images + 2);
        }
    }

    private static string Signed(double share) => FormattableString.Invariant($"{100 * share:+0.00;-0.00;0.00}");
}
