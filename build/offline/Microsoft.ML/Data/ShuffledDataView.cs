namespace Microsoft.ML.Data;

/// <summary>Rows in another order, the same for every cursor that does not bring a generator of its own.</summary>
internal sealed class ShuffledDataView(IDataView input, int seed, int poolSize, bool shuffleSource) : IDataView
{
    public DataViewSchema Schema => input.Schema;

    public bool CanShuffle => true;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        rand ??= new Random(seed);
        var needed = columnsNeeded.ToArray();
        // A source that can shuffle gives every order; the pool is for the others.
        return shuffleSource && input.CanShuffle ? input.GetRowCursor(needed, rand) : Pooled(needed, rand);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private StoredRowCursor Pooled(DataViewSchema.Column[] needed, Random rand)
    {
        if (needed.FirstOrDefault(c => !ColumnStore.CanHold(c.Type)) is { Name: { } name } column)
            throw new NotSupportedException($"Column '{name}' of type {column.Type} cannot be held back in a shuffling pool: "
                + "shuffle before it is made");
        var stores = needed.DistinctBy(c => c.Index).ToDictionary(c => c.Index, c => ColumnStore.Of(c.Type));
        var ids = new List<DataViewRowId>();
        using var cursor = input.GetRowCursor(needed);
        var fill = stores.Select(s => s.Value.Fill(cursor, Schema[s.Key])).ToArray();
        var getId = cursor.GetIdGetter();
        while (cursor.MoveNext())
        {
            DataViewRowId id = default;
            getId(ref id);
            ids.Add(id);
            Array.ForEach(fill, f => f());
        }
        return new(Schema, stores, i => ids[i], PoolOrder(ids.Count, poolSize, rand));
    }

    /// <summary>The order in which rows leave a pool that a new row enters whenever one is drawn.</summary>
    private static int[] PoolOrder(int count, int poolSize, Random rand)
    {
        var pool = new List<int>();
        var order = new List<int>(count);
        for (int next = 0; next < count || pool.Count > 0;)
        {
            while (next < count && pool.Count < poolSize)
                pool.Add(next++);
            int drawn = rand.Next(pool.Count);
            order.Add(pool[drawn]);
            pool[drawn] = pool[^1];
            pool.RemoveAt(pool.Count - 1);
        }
        return order.ToArray();
    }
}
