using Microsoft.ML.Distillation.Common;

namespace Microsoft.ML.Distillation.Data;

/// <summary>Takes validation rows out of the training rows: of each class the same share, which rows being a function of (seed, row) alone.</summary>
internal static class HeldOutRows
{
    /// <param name="fraction">Above 0 and below 1. Of each class at least one row goes on training.</param>
    /// <returns>Both as views of the store.</returns>
    /// <exception cref="InvalidDataException">The share of every class is less than half a row.</exception>
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
        var heldOut = new HashSet<int>();
        foreach (var rows in Enumerable.Range(0, count).GroupBy(classOf))
        {
            var shuffled = rows.OrderBy(row => new CounterRandom(seed, RandomPurpose.HeldOutRows, row).NextBits()).ToList();
            heldOut.UnionWith(shuffled.Take(Math.Min(shuffled.Count - 1, (int)Math.Round(fraction * shuffled.Count))));
        }
        if (heldOut.Count == 0)
        {
            throw new InvalidDataException(FormattableString.Invariant(
                $"ValidationFraction is {fraction}, which of each class's training images (there are {count} in all) is less than one; raise it, or give a ValidationSet."));
        }
        return ([.. Enumerable.Range(0, count).Where(row => !heldOut.Contains(row))], [.. heldOut.Order()]);
    }
}
