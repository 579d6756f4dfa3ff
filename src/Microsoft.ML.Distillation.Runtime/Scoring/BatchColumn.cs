namespace Microsoft.ML.Distillation.Scoring;

/// <summary>A column of vectors in the rows of a batch.</summary>
/// <param name="values">Floats or longs.</param>
/// <param name="stride">From the beginning of a row's values to that of the next row's; 0 where all rows have the same.</param>
/// <param name="lengths">How many values each row has.</param>
internal sealed class BatchColumn(Array values, int stride, int[] lengths)
{
    /// <summary>A column of as many values in each row.</summary>
    public static BatchColumn Of(Array values, int stride, int length, int rows)
    {
        var lengths = new int[rows];
        Array.Fill(lengths, length);
        return new(values, stride, lengths);
    }

    public ReadOnlySpan<T> Row<T>(int row) => ((T[])values).AsSpan(row * stride, lengths[row]);
}
