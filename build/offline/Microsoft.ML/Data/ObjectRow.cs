namespace Microsoft.ML.Data;

/// <summary>An object seen as a row; the object may be exchanged, which moves the position.</summary>
internal sealed class ObjectRow<TRow> : DataViewRow
{
    private readonly ObjectSchema<TRow> _columns;
    private readonly HashSet<int> _active;
    private TRow _current;
    private long _position = -1;
    private ulong _id;

    internal ObjectRow(ObjectSchema<TRow> columns, IEnumerable<DataViewSchema.Column> activeColumns) =>
        (_columns, _active) = (columns, activeColumns.Select(c => c.Index).ToHashSet());

    public override long Position => _position;

    public override long Batch => 0;

    public override DataViewSchema Schema => _columns.Schema;

    internal void MoveTo(TRow item, long id)
    {
        _current = item;
        _id = (ulong)id;
        _position++;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new(_id, 0);

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw Rows.NotActive(column);
        return _columns.MakeGetter(column.Index, () => _current) as ValueGetter<TValue> ?? throw Rows.WrongGetterType<TValue>(column);
    }
}
