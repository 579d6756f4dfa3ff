using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>
/// A cursor whose rows are computed some at a time, before anybody asks for a value, as the real package's consolidating cursor does (in several threads, which this does not): what fails is thrown by
/// <see cref="MoveNext"/>, and never by a getter.
/// </summary>
internal sealed class ReadAheadCursor : DataViewRowCursor
{
    private const int RowsAhead = 8;
    private readonly DataViewRowCursor _inner;
    private readonly DataViewSchema.Column[] _columns;
    private readonly ValueGetter<DataViewRowId> _getId;
    private readonly List<DataViewRowId> _ids = [];
    private Dictionary<int, ColumnStore> _stores = [];
    private int _row = -1;
    private long _position = -1;

    /// <param name="columns">All of a type that can be kept.</param>
    internal ReadAheadCursor(DataViewRowCursor inner, DataViewSchema.Column[] columns)
    {
        (_inner, _columns, _getId) = (inner, columns, inner.GetIdGetter());
        Stock();
    }

    public override long Position => _position;

    public override long Batch => 0;

    public override DataViewSchema Schema => _inner.Schema;

    public override bool IsColumnActive(DataViewSchema.Column column) => _inner.IsColumnActive(column);

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _ids[_row];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!_stores.ContainsKey(column.Index))
            throw Rows.NotActive(column);
        if (_stores[column.Index].MakeGetter(() => 0) is not ValueGetter<TValue>)
            throw Rows.WrongGetterType<TValue>(column);
        ColumnStore made = null;
        ValueGetter<TValue> getter = null;
        return (ref TValue value) =>
        {
            if (made != _stores[column.Index])
            {
                made = _stores[column.Index];
                getter = (ValueGetter<TValue>)made.MakeGetter(() => _row);
            }
            getter(ref value);
        };
    }

    public override bool MoveNext()
    {
        if (_row + 1 >= _ids.Count && !Read())
            return false;
        _row++;
        _position++;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inner.Dispose();
        base.Dispose(disposing);
    }

    private bool Read()
    {
        var fills = Stock();
        try
        {
            while (_ids.Count < RowsAhead && _inner.MoveNext())
            {
                foreach (var fill in fills)
                    fill();
                DataViewRowId id = default;
                _getId(ref id);
                _ids.Add(id);
            }
        }
        catch (Exception e)
        {
            throw new InvalidOperationException("Splitter/consolidator worker encountered exception while consuming source data", e);
        }
        return _ids.Count > 0;
    }

    private Action[] Stock()
    {
        _row = -1;
        _ids.Clear();
        _stores = _columns.DistinctBy(column => column.Index).ToDictionary(column => column.Index, column => ColumnStore.Of(column.Type));
        return [.. _stores.Select(store => store.Value.Fill(_inner, Schema[store.Key]))];
    }
}
