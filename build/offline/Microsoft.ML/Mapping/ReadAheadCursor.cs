using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>
/// A cursor whose rows are computed some at a time, before anybody asks for a value, as the real package's consolidating cursor does (in several threads, which this does not): what fails is thrown by
/// <see cref="MoveNext"/>, and never by a getter.
/// </summary>
internal sealed class ReadAheadCursor : DataViewRowCursor
{
    private const int RowsAhead = 8;
    private readonly DealtRows _rows;
    private readonly List<DataViewRowId> _ids = [];
    private Dictionary<int, ColumnStore> _stores;
    private int _row = -1;
    private long _position = -1;
    private long _batch;

    /// <param name="columns">All of a type that can be kept.</param>
    internal ReadAheadCursor(DataViewRowCursor inner, DataViewSchema.Column[] columns) : this(new DealtRows(inner, columns, RowsAhead, readers: 1))
    {
    }

    /// <summary>One of those that rows are dealt out to.</summary>
    internal ReadAheadCursor(DealtRows rows) => (_rows, _stores) = (rows, rows.Stock());

    public override long Position => _position;

    public override long Batch => _batch;

    public override DataViewSchema Schema => _rows.Input.Schema;

    public override bool IsColumnActive(DataViewSchema.Column column) => _rows.Input.IsColumnActive(column);

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
            _rows.Leave();
        base.Dispose(disposing);
    }

    private bool Read()
    {
        _row = -1;
        _ids.Clear();
        _stores = _rows.Stock();
        _batch = _rows.Read(_stores, _ids);
        return _ids.Count > 0;
    }
}
