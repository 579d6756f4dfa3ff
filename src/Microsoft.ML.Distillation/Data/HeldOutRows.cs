using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Data;

/// <summary>Takes validation rows out of the training rows: of each class the same share, as nearly as whole rows allow, which rows being a function of (seed, row) alone.</summary>
internal static class HeldOutRows
{
    /// <param name="fraction">Above 0 and below 1. Of each class at least one row goes on training.</param>
    /// <returns>Both as views of the store.</returns>
    /// <exception cref="InvalidDataException">The share of all rows is less than half a row.</exception>
    public static (PixelStore Training, PixelStore Validation) Split(PixelStore store, double fraction, long seed)
    {
        var (training, validation) = Choose(store.Count, row => store.Labels[row], fraction, seed);
        return (store.Only(training), store.Only(validation));
    }

    /// <param name="classOf">What a row is one of; of each the same share is held out.</param>
    /// <returns>Places of the rows, ascending.</returns>
    /// <inheritdoc cref="Split"/>
    public static (int[] Training, int[] Validation) Choose(int count, Func<int, int> classOf, double fraction, long seed)
    {
        var classes = Enumerable.Range(0, count).GroupBy(classOf).OrderBy(rows => rows.Key).Select(rows => rows.ToList()).ToList();
        var heldOut = new HashSet<int>();
        foreach (var (rows, share) in classes.Zip(Counts([.. classes.Select(rows => rows.Count)], fraction)))
            heldOut.UnionWith(rows.OrderBy(row => new CounterRandom(seed, RandomPurpose.HeldOutRows, row).NextBits()).Take(share));
        if (heldOut.Count == 0)
        {
            throw new InvalidDataException(FormattableString.Invariant(
                $"ValidationFraction is {fraction}, which of {count} training images is less than one; raise it, or give a ValidationSet."));
        }
        return ([.. Enumerable.Range(0, count).Where(row => !heldOut.Contains(row))], [.. heldOut.Order()]);
    }

    /// <summary>How many of each class: the share rounded down, and what is missing to the share of all rows from the classes that lost most by it.</summary>
    internal static int[] Counts(IReadOnlyList<int> rows, double fraction)
    {
        int[] counts = [.. rows.Select(count => Math.Min(count - 1, (int)(fraction * count)))];
        var missing = (int)Math.Round(fraction * rows.Sum()) - counts.Sum();
        var places = Enumerable.Range(0, rows.Count).Where(c => counts[c] < rows[c] - 1).OrderByDescending(c => fraction * rows[c] - counts[c]);
        foreach (var place in places.Take(Math.Max(0, missing)))
            counts[place]++;
        return counts;
    }
}
