namespace Microsoft.ML.Data;

/// <summary>Keeps in memory each column that was asked for once. Columns it cannot keep (images) are not in its schema, as in the real
/// package.</summary>
internal sealed class CacheDataView : IDataView
{
    private readonly IDataView _input;
    private readonly DataViewSchema.Column[] _sources;
    private readonly Dictionary<int, ColumnStore> _stores = [];
    private readonly Lock _lock = new();
    private int? _rowCount;

    internal CacheDataView(IDataView input)
    {
        _input = input;
        _sources = input.Schema.Where(c => !c.IsHidden && ColumnStore.CanHold(c.Type)).ToArray();
        Schema = DataViewSchema.From(_sources.Select(c => new DataViewSchema.DetachedColumn(c)));
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => true;

    public long? GetRowCount() => _rowCount ?? _input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var needed = columnsNeeded.Select(c => c.Index).Distinct().ToArray();
        lock (_lock)
        {
            Load(needed);
            var order = Enumerable.Range(0, _rowCount.Value).ToArray();
            rand?.Shuffle(order);
            return new StoredRowCursor(Schema, needed.ToDictionary(i => i, i => _stores[i]), i => new((ulong)i, 0), order);
        }
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    internal void Prefetch(IEnumerable<DataViewSchema.Column> inputColumns)
    {
        var indices = inputColumns.Select(c => Schema[c.Name].Index).ToArray();
        lock (_lock)
            Load(indices);
    }

    private void Load(int[] columns)
    {
        var missing = columns.Where(i => !_stores.ContainsKey(i)).ToArray();
        if (missing.Length == 0 && _rowCount != null)
            return;
        var stores = missing.ToDictionary(i => i, i => ColumnStore.Of(_sources[i].Type));
        using var cursor = _input.GetRowCursor(missing.Select(i => _sources[i]));
        var fill = stores.Select(s => s.Value.Fill(cursor, _sources[s.Key])).ToArray();
        int rows = 0;
        for (; cursor.MoveNext(); rows++)
            Array.ForEach(fill, f => f());
        if (_rowCount is { } known && known != rows)
            throw new InvalidOperationException($"The cached data changed: it had {known} rows at first and has {rows} now");
        _rowCount = rows;
        foreach (var (i, store) in stores)
            _stores[i] = store;
    }
}
