namespace Microsoft.ML.Distillation.Data;

/// <summary>A data view without the rows that a log has left out by the time it is read.</summary>
internal sealed class KeptRows(IDataView data, RowLog log) : IDataView
{
    /// <summary>All rows.</summary>
    public IDataView Source => data;

    /// <summary>Tells which of them are left out.</summary>
    public RowLog Log => log;

    public DataViewSchema Schema => data.Schema;

    public bool CanShuffle => false;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(data.RowByRow(columnsNeeded), [.. log.Skipped.Select(row => row.Row)]);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];

    private sealed class Cursor(DataViewRowCursor inner, HashSet<long> left) : WrappedCursor(inner)
    {
        private long _position = -1;

        public override long Position => _position;

        public override bool MoveNext()
        {
            while (base.MoveNext())
            {
                if (left.Contains(base.Position))
                    continue;
                _position++;
                return true;
            }
            _position = -1;
            return false;
        }
    }
}
