using System.Globalization;
using System.Text;

namespace Microsoft.ML.Data;

public sealed class ConfusionMatrix
{
    private readonly string[] _labels;

    internal ConfusionMatrix(double[][] counts, string[] labels)
    {
        Counts = counts;
        _labels = labels;
        PerClassRecall = Enumerable.Range(0, counts.Length).Select(i => Share(counts[i][i], counts[i].Sum())).ToArray();
        PerClassPrecision = Enumerable.Range(0, counts.Length).Select(i => Share(counts[i][i], counts.Sum(row => row[i]))).ToArray();
    }

    public IReadOnlyList<double> PerClassPrecision { get; }

    public IReadOnlyList<double> PerClassRecall { get; }

    /// <summary>Actual classes in rows, predicted ones in columns.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Counts { get; }

    public int NumberOfClasses => Counts.Count;

    public double GetCountForClassPair(int predictedClassIndicatorIndex, int actualClassIndicatorIndex) =>
        Counts[predictedClassIndicatorIndex][actualClassIndicatorIndex];

    private static double Share(double part, double whole) => whole == 0 ? 0 : part / whole;

    public string GetFormattedConfusionTable()
    {
        var cells = Counts.Select(row => row.Select(Text).ToArray()).ToArray();
        var heads = _labels.Select((label, i) => $"{i}. {label}").ToArray();
        int first = Math.Max("PREDICTED".Length, heads.Max(h => h.Length));
        var widths = Enumerable.Range(0, NumberOfClasses)
            .Select(i => Math.Max(i.ToString(CultureInfo.InvariantCulture).Length, cells.Max(row => row[i].Length))).ToArray();
        string rule = new string(' ', first) + " ||" + new string('=', widths.Sum(w => w + 3) + 7);

        var table = new StringBuilder("Confusion table").AppendLine().AppendLine(rule);
        Line("PREDICTED", widths.Select((_, i) => i.ToString(CultureInfo.InvariantCulture)), "Recall");
        table.Append("TRUTH".PadRight(first)).AppendLine(rule[first..]);
        for (int i = 0; i < NumberOfClasses; i++)
            Line(heads[i], cells[i], PerClassRecall[i].ToString("F4", CultureInfo.InvariantCulture));
        table.AppendLine(rule);
        Line("Precision", PerClassPrecision.Select(p => p.ToString("F4", CultureInfo.InvariantCulture)), "");
        return table.ToString();

        void Line(string head, IEnumerable<string> values, string last) => table.Append(head.PadLeft(first)).Append(" || ")
            .Append(string.Join(" | ", values.Select((v, i) => v.PadLeft(widths[i])))).Append(" | ").AppendLine(last);
    }

    private static string Text(double count) => count.ToString("#,0.####", CultureInfo.InvariantCulture);
}
