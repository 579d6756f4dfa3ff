namespace Microsoft.ML.Distillation.Common;

/// <summary>For a name that isn't there: those it may have meant.</summary>
internal static class NearNames
{
    private const int Shown = 5;

    /// <returns>A sentence part: <c>'a', 'b', 'c'</c>.</returns>
    public static string List(string name, IEnumerable<string> known) =>
        string.Join(", ", known.Distinct(StringComparer.Ordinal).OrderBy(k => Distance(name, k)).Take(Shown).Select(k => $"'{k}'"));

    /// <summary>Letters to insert, delete or replace (Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals", 1966), case left aside.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[^1];
    }
}
