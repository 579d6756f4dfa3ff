namespace Microsoft.ML.Distillation;

/// <summary>
/// How a student's features stand to its teacher's and to each other, as plain numbers, meant for held-out images. With <see cref="ProjectorEnsemble"/> the
/// student's are to be given as projected.
/// </summary>
/// <param name="DirectionAlignment">
/// MDA: the mean over images of the cosine of the student's feature and the teacher's, −1…1. Higher means closer to the teacher, which on training images may
/// be too close.
/// </param>
/// <param name="BetweenClassCosine">
/// The mean over pairs of classes of the cosine of the classes' mean student features, −1…1. Lower means that classes are easier to tell apart.
/// </param>
/// <remarks>
/// Chen et al.: "Improved feature distillation via projector ensemble", 2022, section 3, https://arxiv.org/abs/2210.15274. The cosine with a feature that is all zero counts as 0.
/// </remarks>
internal sealed record FeatureDiagnostics(double DirectionAlignment, double BetweenClassCosine)
{
    /// <summary>Measures features.</summary>
    /// <param name="student">The student's, projected to the teacher's length, one an image.</param>
    /// <param name="teacher">The teacher's, of the same images.</param>
    /// <param name="labels">Classes of the images; any numbers.</param>
    /// <returns>Both measures.</returns>
    /// <exception cref="ArgumentException">Counts or lengths differ, or there are not two classes.</exception>
    public static FeatureDiagnostics Measure(IReadOnlyList<float[]> student, IReadOnlyList<float[]> teacher, IReadOnlyList<int> labels)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(labels);
        if (student.Count != teacher.Count || student.Count != labels.Count)
            throw new ArgumentException($"There are {student.Count} features of the student, {teacher.Count} of the teacher and {labels.Count} labels; give one of each an image.", nameof(teacher));
        var length = student.Count == 0 ? 0 : student[0].Length;
        if (student.Concat(teacher).FirstOrDefault(feature => feature.Length != length) is { } other)
            throw new ArgumentException($"There are features of {length} and of {other.Length} values; all must have the teacher's length (project the student's).", nameof(student));
        var means = Means(student, labels);
        if (means.Count < 2)
            throw new ArgumentException($"The labels have {means.Count} classes; 2 or more are needed to compare classes.", nameof(labels));
        var alignment = student.Zip(teacher, (s, t) => Cosine(Doubles(s), Doubles(t))).Average();
        var pairs = means.SelectMany((first, i) => means.Skip(i + 1).Select(second => Cosine(first, second)));
        return new(alignment, pairs.Average());
    }

    private static List<double[]> Means(IReadOnlyList<float[]> features, IReadOnlyList<int> labels) =>
        [.. features.Zip(labels).GroupBy(pair => pair.Second, pair => pair.First).Select(Mean)];

    private static double[] Mean(IEnumerable<float[]> features)
    {
        var (sum, count) = (Array.Empty<double>(), 0);
        foreach (var feature in features)
        {
            sum = count++ == 0 ? Doubles(feature) : [.. sum.Zip(feature, (total, value) => total + value)];
        }
        return [.. sum.Select(total => total / count)];
    }

    private static double[] Doubles(float[] values) => Array.ConvertAll(values, value => (double)value);

    private static double Cosine(double[] first, double[] second)
    {
        var (dot, squares) = (Dot(first, second), Dot(first, first) * Dot(second, second));
        return squares > 0 ? dot / Math.Sqrt(squares) : 0;
    }

    private static double Dot(double[] first, double[] second) => first.Zip(second, (a, b) => a * b).Sum();
}
