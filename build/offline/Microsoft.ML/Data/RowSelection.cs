namespace Microsoft.ML.Data;

/// <summary>Some of a data view's rows; which ones is decided while a cursor moves.</summary>
/// <param name="input">Where the rows come from.</param>
/// <param name="extraColumn">A column the decision needs, besides those asked for.</param>
/// <param name="makeAdvance">Given the cursor, what moves it to the next row wanted.</param>
/// <param name="count">How many rows remain of how many, where that is known.</param>
internal sealed class RowSelection(
    IDataView input, DataViewSchema.Column? extraColumn, Func<DataViewRowCursor, Func<bool>> makeAdvance, Func<long, long> count)
        : IDataView
{
    public DataViewSchema Schema => input.Schema;

    // "The first ten" of a shuffled source would be others: where the choice depends on the order, the order stays.
    public bool CanShuffle => count == null && input.CanShuffle;

    public long? GetRowCount() => count != null && input.GetRowCount() is { } rows ? count(rows) : null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var needed = columnsNeeded.ToArray();
        var cursor = input.GetRowCursor(extraColumn is { } extra ? needed.Append(extra) : needed, CanShuffle ? rand : null);
        return new Cursor(cursor, makeAdvance(cursor), needed.Select(c => c.Index).ToHashSet());
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(DataViewRowCursor input, Func<bool> advance, HashSet<int> active) : DataViewRowCursor
    {
        private long _position = -1;

        public override long Position => _position;

        public override long Batch => input.Batch;

        public override DataViewSchema Schema => input.Schema;

        public override bool MoveNext()
        {
            if (!advance())
                return false;
            _position++;
            return true;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
            IsColumnActive(column) ? input.GetGetter<TValue>(column) : throw Rows.NotActive(column);

        protected override void Dispose(bool disposing) => input.Dispose();
    }
}
