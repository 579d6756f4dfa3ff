namespace Microsoft.ML.Distillation.Checkup;

/// <summary>Whether vectors tell the classes of their images apart.</summary>
internal static class FeatureSignal
{
    private const string Code = "features";

    /// <summary>Deviations below this share of the largest are rounding.</summary>
    private const double Rounding = 1e-6;

    /// <summary>
    /// The rows whose class's mean is the nearest of all classes' means, each row left out of its own class's mean; every element is measured in its own standard deviations.
    /// </summary>
    /// <param name="values">Row after row.</param>
    /// <param name="labels">The rows' classes, from 0. A row that is alone in its class is never right.</param>
    /// <returns>Null where all rows are alike, or not all are numbers.</returns>
    public static bool[]? NearestMean(ReadOnlySpan<float> values, int length, IReadOnlyList<int> labels)
    {
        if (Standardise(values, length, labels.Count) is not { } scaled)
            return null;
        var groups = labels.Select((label, row) => (label, row)).GroupBy(p => p.label, p => p.row).Select(g => (Label: g.Key, Rows: g.ToArray())).ToList();
        var means = groups.Select(g => Mean(scaled, g.Rows)).ToList();
        var right = new bool[labels.Count];
        for (var row = 0; row < right.Length; row++)
        {
            var (nearest, least) = (-1, double.PositiveInfinity);
            for (var g = 0; g < groups.Count; g++)
            {
                var distance = SquaredDistance(scaled[row], means[g]);
                // Without the row its class's mean is n/(n − 1) times as far away.
                if (groups[g].Label == labels[row])
                    distance *= groups[g].Rows.Length == 1 ? double.PositiveInfinity : Math.Pow(groups[g].Rows.Length / (groups[g].Rows.Length - 1.0), 2);
                if (distance < least)
                    (nearest, least) = (groups[g].Label, distance);
            }
            right[row] = nearest == labels[row];
        }
        return right;
    }

    /// <param name="vectors">A feature method's maps, shallowest first, and the embedding. Only the last must tell the classes apart: shallow maps show edges and colours.</param>
    public static IEnumerable<CheckupFinding> Findings(string teacher, IReadOnlyList<SampleVectors> vectors, IReadOnlyList<int> labels)
    {
        var told = new List<string>();
        foreach (var vector in vectors)
        {
            var right = NearestMean(vector.Values, vector.Length, labels);
            if (right is null)
            {
                yield return CheckupFinding.Warning(
                    Code, $"{teacher}: {vector.Name} is the same for all {labels.Count} images, or not all numbers.", "Take another of its feature maps: there is nothing to learn from this one.");
                continue;
            }
            var share = right.Count(r => r) / (double)right.Length;
            told.Add(FormattableString.Invariant($"{vector.Name} {100 * share:0.#} %"));
            if (vector == vectors[^1] && !Evidence.BeatsChance(right, labels))
            {
                yield return CheckupFinding.Warning(
                    Code, $"{teacher}: by {vector.Name} the nearest mean of a class is right on {100 * share:0.#} % of {labels.Count} images, which is no better than chance.",
                    "Check its normalisation and the names of its feature maps; if they are right, it was trained for something else: choose another teacher.");
            }
        }
        if (told.Count > 0)
            yield return CheckupFinding.Info(Code, $"{teacher}: the nearest mean of a class is right, of {labels.Count} images ({100 * Evidence.LargestShare(labels):0.#} % are of one class), by {string.Join(", ", told)}.");
    }

    private static double[][]? Standardise(ReadOnlySpan<float> values, int length, int rows)
    {
        var (means, squares) = (new double[length], new double[length]);
        for (var i = 0; i < values.Length; i++)
            means[i % length] += values[i] / (double)rows;
        for (var i = 0; i < values.Length; i++)
            squares[i % length] += (values[i] - means[i % length]) * (values[i] - means[i % length]);
        var deviations = squares.Select(s => Math.Sqrt(s / rows)).ToArray();
        if (deviations.Any(d => !double.IsFinite(d)))
            return null;
        var kept = Enumerable.Range(0, length).Where(d => deviations[d] > Rounding * Math.Max(deviations.Max(), Math.Abs(means[d]))).ToArray();
        if (kept.Length == 0)
            return null;
        var scaled = new double[rows][];
        for (var row = 0; row < rows; row++)
        {
            scaled[row] = new double[kept.Length];
            for (var d = 0; d < kept.Length; d++)
                scaled[row][d] = (values[row * length + kept[d]] - means[kept[d]]) / deviations[kept[d]];
        }
        return scaled;
    }

    private static double[] Mean(double[][] rows, int[] places)
    {
        var mean = new double[rows[0].Length];
        foreach (var place in places)
        {
            for (var d = 0; d < mean.Length; d++)
                mean[d] += rows[place][d] / places.Length;
        }
        return mean;
    }

    private static double SquaredDistance(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var d = 0; d < a.Length; d++)
            sum += (a[d] - b[d]) * (a[d] - b[d]);
        return sum;
    }
}
