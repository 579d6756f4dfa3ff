using System.Globalization;

namespace Microsoft.ML.Distillation.Reports;

/// <summary>Numbers as the page writes them.</summary>
internal static class Text
{
    private const string Absent = "–";

    public static string Percent(double? share) => share is { } known ? (100 * known).ToString("0.00", CultureInfo.InvariantCulture) + " %" : Absent;

    public static string Points(double share) => (100 * share).ToString("+0.00;−0.00;0.00", CultureInfo.InvariantCulture);

    public static string Count(long? count) => count?.ToString("N0", CultureInfo.InvariantCulture) ?? Absent;

    public static string Bytes(long? bytes) => bytes switch
    {
        null => Absent,
        >= 1 << 20 => (bytes.Value / (double)(1 << 20)).ToString("0.00", CultureInfo.InvariantCulture) + " MiB",
        _ => (bytes.Value / 1024.0).ToString("0.0", CultureInfo.InvariantCulture) + " KiB",
    };

    public static string Milliseconds(double? time) => time is { } known ? known.ToString("0.00", CultureInfo.InvariantCulture) + " ms" : Absent;

    public static string Seconds(double? time) => time is { } known ? known.ToString(known < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + " s" : Absent;

    public static string Cosine(double? cosine) => cosine?.ToString("0.000", CultureInfo.InvariantCulture) ?? Absent;

    /// <summary>A value on an axis: as many digits as its kind needs.</summary>
    public static string Short(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
