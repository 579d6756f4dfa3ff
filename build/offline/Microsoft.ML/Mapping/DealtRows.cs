using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>A cursor's rows, dealt out a batch at a time to whichever of its readers asks first. The real package reads ahead in a thread of its own, which this does not.</summary>
/// <param name="columns">All of a type that can be kept.</param>
internal sealed class DealtRows(DataViewRowCursor input, DataViewSchema.Column[] columns, int rowsPerBatch, int readers)
{
    private const int RowsPerSplitBatch = 128;
    private readonly Lock _lock = new();
    private readonly ValueGetter<DataViewRowId> _getId = input.GetIdGetter();
    private long _batch = -1;
    private bool _ended;

    internal DataViewRowCursor Input => input;

    internal DataViewSchema.Column[] Columns => columns;

    /// <summary>Several cursors over one's rows, for a thread each; the cursor itself where its columns can't be kept.</summary>
    internal static DataViewRowCursor[] Split(DataViewRowCursor input, DataViewSchema.Column[] columns, int readers)
    {
        if (!columns.All(column => ColumnStore.CanHold(column.Type)))
            return [input];
        var rows = new DealtRows(input, columns, RowsPerSplitBatch, readers);
        return [.. Enumerable.Range(0, readers).Select(_ => new ReadAheadCursor(rows))];
    }

    /// <summary>Empty stores for the columns.</summary>
    internal Dictionary<int, ColumnStore> Stock() => columns.DistinctBy(column => column.Index).ToDictionary(column => column.Index, column => ColumnStore.Of(column.Type));

    /// <summary>Fills stores with the next batch.</summary>
    /// <returns>Its number.</returns>
    internal long Read(Dictionary<int, ColumnStore> stores, List<DataViewRowId> ids)
    {
        lock (_lock)
        {
            try
            {
                Action[] fills = [.. stores.Select(store => store.Value.Fill(input, input.Schema[store.Key]))];
                while (!_ended && ids.Count < rowsPerBatch)
                {
                    _ended = !input.MoveNext();
                    if (_ended)
                        break;
                    foreach (var fill in fills)
                        fill();
                    DataViewRowId id = default;
                    _getId(ref id);
                    ids.Add(id);
                }
                return ++_batch;
            }
            catch (Exception e)
            {
                _ended = true;
                throw new InvalidOperationException("Splitter/consolidator worker encountered exception while consuming source data", e);
            }
        }
    }

    /// <summary>Has the cursor disposed of with the last of its readers.</summary>
    internal void Leave()
    {
        if (Interlocked.Decrement(ref readers) == 0)
            input.Dispose();
    }
}
