namespace Microsoft.ML.Distillation.Reports;

/// <summary>What must not be in JSON made null, which is left out.</summary>
internal static class Json
{
    public static IReadOnlyList<T>? Some<T>(IReadOnlyList<T> items) => items.Count == 0 ? null : items;

    /// <summary>JSON knows no NaN and no infinity: a figure that is no number was not measured.</summary>
    public static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    public static IReadOnlyList<double>? Finite(IReadOnlyList<double> values) => values.Count > 0 && values.All(double.IsFinite) ? values : null;

    public static IReadOnlyDictionary<string, T>? Some<T>(IReadOnlyDictionary<string, T> items) => items.Count == 0 ? null : items;
}
