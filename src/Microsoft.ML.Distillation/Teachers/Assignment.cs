namespace Microsoft.ML.Distillation.Teachers;

/// <summary>
/// The one-to-one assignment with the greatest total gain: the Hungarian method by shortest augmenting paths (Kuhn, "The Hungarian
/// method for the assignment problem", 1955), O(n³).
/// </summary>
internal static class Assignment
{
    /// <param name="gain">gain[row, column], square.</param>
    /// <returns>For each row its column.</returns>
    public static int[] Best(long[,] gain)
    {
        var n = gain.GetLength(0);
        var rowPotential = new long[n + 1];
        var columnPotential = new long[n + 1];
        var rowOfColumn = new int[n + 1]; // 1-based; 0 is none
        for (var row = 1; row <= n; row++)
            AddRow(gain, row, rowPotential, columnPotential, rowOfColumn);
        var columnOfRow = new int[n];
        for (var column = 1; column <= n; column++)
            columnOfRow[rowOfColumn[column] - 1] = column - 1;
        return columnOfRow;
    }

    private static void AddRow(long[,] gain, int row, long[] rowPotential, long[] columnPotential, int[] rowOfColumn)
    {
        var n = rowPotential.Length - 1;
        var previous = new int[n + 1];
        var slack = new long[n + 1];
        var reached = new bool[n + 1];
        Array.Fill(slack, long.MaxValue);
        rowOfColumn[0] = row;
        var column = 0;
        while (rowOfColumn[column] != 0)
        {
            reached[column] = true;
            var (current, delta, next) = (rowOfColumn[column], long.MaxValue, 0);
            for (var j = 1; j <= n; j++)
            {
                if (reached[j])
                    continue;
                var reduced = -gain[current - 1, j - 1] - rowPotential[current] - columnPotential[j];
                if (reduced < slack[j])
                    (slack[j], previous[j]) = (reduced, column);
                if (slack[j] < delta)
                    (delta, next) = (slack[j], j);
            }
            for (var j = 0; j <= n; j++)
            {
                if (reached[j])
                {
                    rowPotential[rowOfColumn[j]] += delta;
                    columnPotential[j] -= delta;
                }
                else
                {
                    slack[j] -= delta;
                }
            }
            column = next;
        }
        for (; column != 0; column = previous[column])
            rowOfColumn[column] = rowOfColumn[previous[column]];
    }
}
