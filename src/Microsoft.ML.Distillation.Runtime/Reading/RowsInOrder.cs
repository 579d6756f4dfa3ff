using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Reading;

/// <summary>Rows of one cursor, or of several over the same data, which are read side by side, one after another in the data's order.</summary>
internal static class RowsInOrder
{
    /// <summary>
    /// Rows a thread that may wait for their turn. ML.NET deals rows out to cursors 128 at a time, or 64 lines of a text file, and a cursor has to read that far beyond another's batch to keep busy.
    /// </summary>
    public const int WaitingPerThread = 128;

    /// <summary>Bytes of pixels of all rows that may wait: where they are fewer than <see cref="WaitingPerThread"/> rows a thread, threads wait for each other instead.</summary>
    public const long WaitingBytes = 512L << 20;

    /// <summary>Reads all rows, in the calling thread where there is one cursor. The cursors are disposed of at the end, however it comes.</summary>
    /// <param name="open">Makes what reads a cursor's present row; it is called for each cursor before any is moved.</param>
    /// <param name="reading">For messages.</param>
    /// <param name="rowBytes">Bytes of a row's pixels.</param>
    /// <returns>Rows that are good until the next one is asked for.</returns>
    /// <exception cref="InvalidDataException">A step before this one threw, or several cursors claim the same rows.</exception>
    public static IEnumerable<TRow> Read<TRow>(DataViewRowCursor[] cursors, Func<DataViewRowCursor, Action<TRow>> open, RowReading reading, long rowBytes, CancellationToken cancellation)
        where TRow : OrderedRow, new() =>
        cursors.Length == 1 ? One(cursors[0], open, reading, cancellation) : Several(cursors, open, reading, Waiting(cursors.Length, rowBytes), cancellation);

    /// <summary>Rows that may wait for their turn; some more are at work.</summary>
    public static int Waiting(int threads, long rowBytes) => (int)Math.Clamp(WaitingBytes / rowBytes, 1, WaitingPerThread * threads);

    private static IEnumerable<TRow> One<TRow>(DataViewRowCursor cursor, Func<DataViewRowCursor, Action<TRow>> open, RowReading reading, CancellationToken cancellation) where TRow : OrderedRow, new()
    {
        using (cursor)
        {
            var (read, row) = (open(cursor), new TRow());
            while (Next(cursor, reading))
            {
                cancellation.ThrowIfCancellationRequested();
                row.Clear();
                row.Number = cursor.Position;
                read(row);
                yield return row;
            }
        }
    }

    private static IEnumerable<TRow> Several<TRow>(DataViewRowCursor[] cursors, Func<DataViewRowCursor, Action<TRow>> open, RowReading reading, int waiting, CancellationToken cancellation)
        where TRow : OrderedRow, new()
    {
        using var threads = new RowThreads<TRow>(cursors, waiting);
        threads.Start(open, cancellation);
        for (var number = 0L; threads.Next(number, reading, cancellation) is { } row; number++)
        {
            row.Number = number;
            yield return row;
        }
    }

    private static bool Next(DataViewRowCursor cursor, RowReading reading)
    {
        try
        {
            return cursor.MoveNext();
        }
        catch (Exception error)
        {
            reading.ThrowUnreadable(cursor.Position + 1, error);
            throw;
        }
    }
}
