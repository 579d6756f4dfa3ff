namespace Microsoft.ML.Data;

/// <summary>Objects as a data view; they are enumerated anew by every cursor.</summary>
internal sealed class EnumerableDataView<TRow>(IEnumerable<TRow> items, ObjectSchema<TRow> columns) : IDataView where TRow : class
{
    private readonly IList<TRow> _list = items as IList<TRow>;

    public DataViewSchema Schema => columns.Schema;

    public bool CanShuffle => _list != null;

    public long? GetRowCount() => _list?.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null) =>
        new Cursor(new ObjectRow<TRow>(columns, columnsNeeded), Numbered(rand).GetEnumerator());

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private IEnumerable<(TRow Item, long Id)> Numbered(Random rand)
    {
        if (_list == null || rand == null)
            return items.Select((item, i) => (item, (long)i));
        var order = Enumerable.Range(0, _list.Count).ToArray();
        rand.Shuffle(order);
        return order.Select(i => (_list[i], (long)i));
    }

    private sealed class Cursor(ObjectRow<TRow> row, IEnumerator<(TRow Item, long Id)> items) : DataViewRowCursor
    {
        public override long Position => row.Position;

        public override long Batch => 0;

        public override DataViewSchema Schema => row.Schema;

        public override bool MoveNext()
        {
            if (!items.MoveNext())
                return false;
            row.MoveTo(items.Current.Item, items.Current.Id);
            return true;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => row.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => row.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => row.GetGetter<TValue>(column);

        protected override void Dispose(bool disposing) => items.Dispose();
    }
}
