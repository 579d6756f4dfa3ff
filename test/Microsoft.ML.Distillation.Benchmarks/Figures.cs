using System.Globalization;

namespace Benchmarks;

/// <summary>Figures of several runs, and how tables write them.</summary>
internal static class Figures
{
    /// <summary>The standard deviation of a sample of two or more.</summary>
    public static double Deviation(List<double> values) => Math.Sqrt(values.Sum(v => Math.Pow(v - values.Average(), 2)) / (values.Count - 1));

    /// <summary>The same as text; nothing for a single run.</summary>
    public static string DeviationText(List<double> values) => values.Count < 2 ? "" : Text(Deviation(values), "0.00");

    public static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
