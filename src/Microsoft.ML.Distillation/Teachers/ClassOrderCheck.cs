namespace Microsoft.ML.Distillation.Teachers;

/// <summary>
/// For a teacher without class names: do its outputs come in the order of the labels' classes? The best one-to-one assignment is found
/// on one half of a sample of labelled rows and compared with the given order on the other half, so that chance doesn't look like a better order.
/// </summary>
internal static class ClassOrderCheck
{
    /// <summary>How far the best assignment may beat the given order before it is an error.</summary>
    public const double Tolerance = .10;

    /// <summary>
    /// And by how many standard deviations of chance: between orders that are equally good, a row on which just one is right is a coin's toss.
    /// So a teacher that knows nothing, or a handful of rows, is no reason to stop.
    /// </summary>
    public const double Deviations = 3;

    /// <param name="teacher">Its name, for the message.</param>
    /// <param name="predicted">The teacher's most likely output, row by row.</param>
    /// <param name="labels">The rows' classes, from 0.</param>
    /// <param name="classes">Names of the labels' classes.</param>
    /// <exception cref="InvalidDataException">Another order fits better by more than ten points, and by more than chance.</exception>
    public static void Check(string teacher, ReadOnlySpan<int> predicted, ReadOnlySpan<int> labels, IReadOnlyList<string> classes)
    {
        var counts = new long[classes.Count, classes.Count];
        for (var i = 0; i < labels.Length; i += 2)
            counts[labels[i], predicted[i]]++;
        var best = Assignment.Best(counts);
        var (inOrder, reassigned, different, rows) = (0, 0, 0, 0);
        for (var i = 1; i < labels.Length; i += 2, rows++)
        {
            var (first, second) = (predicted[i] == labels[i], predicted[i] == best[labels[i]]);
            inOrder += first ? 1 : 0;
            reassigned += second ? 1 : 0;
            different += first != second ? 1 : 0;
        }
        if (reassigned - inOrder <= Math.Max(Tolerance * rows, Deviations * Math.Sqrt(different)))
            return;
        var names = new string[classes.Count];
        for (var c = 0; c < names.Length; c++)
            names[best[c]] = classes[c];
        throw new InvalidDataException(FormattableString.Invariant(
            $"{teacher} has its classes in another order than the labels' keys: on {rows} labelled images it is right on {100.0 * inOrder / rows:0.#} % in the given order and on {100.0 * reassigned / rows:0.#} % with its classes reassigned. ")
            + $"Give its class names in the order of its outputs (classNames); judged by these images they would be: {string.Join(", ", names)}.");
    }
}
