namespace Microsoft.ML.Data;

/// <summary>A cursor over stored columns, in any order.</summary>
internal sealed class StoredRowCursor(DataViewSchema schema, Dictionary<int, ColumnStore> stores, Func<int, DataViewRowId> id,
    int[] order) : DataViewRowCursor
{
    private int _at = -1;

    public override long Position => _at;

    public override long Batch => 0;

    public override DataViewSchema Schema => schema;

    public override bool MoveNext() => _at + 1 < order.Length && ++_at >= 0;

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = id(order[_at]);

    public override bool IsColumnActive(DataViewSchema.Column column) => stores.ContainsKey(column.Index);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!stores.TryGetValue(column.Index, out var store))
            throw Rows.NotActive(column);
        return store.MakeGetter(() => order[_at]) as ValueGetter<TValue> ?? throw Rows.WrongGetterType<TValue>(column);
    }
}
