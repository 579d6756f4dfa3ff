namespace Microsoft.ML.Distillation.Reports;

/// <summary>Round numbers for an axis.</summary>
internal static class Ticks
{
    /// <returns>Multiples of 1, 2 or 5 times a power of ten that span the values, ascending; about <paramref name="most"/> of them, at least two.</returns>
    public static IReadOnlyList<double> Around(double low, double high, int most = 5)
    {
        if (!(high > low))
            (low, high) = (low - Math.Max(.5, Math.Abs(low) / 2), high + Math.Max(.5, Math.Abs(high) / 2));
        var step = Step((high - low) / most);
        var (first, last) = ((long)Math.Floor(low / step + 1e-9), (long)Math.Ceiling(high / step - 1e-9));
        return [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];
    }

    private static double Step(double least)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return new[] { 1, 2, 5, 10 }.First(factor => factor * power >= least * (1 - 1e-9)) * power;
    }
}
