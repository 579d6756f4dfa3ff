using System.Globalization;
using Spectre.Console;

namespace Samples.Common;

/// <summary>Tables of figures on the console.</summary>
internal static class FigureTable
{
    /// <summary>The first column holds names, the others figures.</summary>
    public static Table New(string first, params string[] rest)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(first);
        foreach (var name in rest)
            table.AddColumn(new TableColumn(name).RightAligned());
        return table;
    }

    public static string Percent(double share) => share.ToString("P2", CultureInfo.InvariantCulture);

    /// <summary>A dash where it is not known.</summary>
    public static string Text<T>(T? value, string format, string unit = "") where T : struct, IFormattable
        => value is { } known ? known.ToString(format, CultureInfo.InvariantCulture) + unit : "–";
}
