using Microsoft.ML.Data;

namespace Microsoft.ML;

public sealed partial class DataOperationsCatalog
{
    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, SchemaDefinition schemaDefinition = null) where TRow : class =>
        new EnumerableDataView<TRow>(Check.NotNull(data, nameof(data)),
            new ObjectSchema<TRow>(schemaDefinition, SchemaDefinition.Direction.Read));

    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, DataViewSchema schema) where TRow : class =>
        LoadFromEnumerable(data, ObjectSchema<TRow>.DefinitionFor(Check.NotNull(schema, nameof(schema))));

    public IEnumerable<TRow> CreateEnumerable<TRow>(IDataView data, bool reuseRowObject, bool ignoreMissingColumns = false,
        SchemaDefinition schemaDefinition = null) where TRow : class, new()
    {
        var columns = new ObjectSchema<TRow>(schemaDefinition, SchemaDefinition.Direction.Write);
        // What cannot be bound is said here, not when somebody enumerates.
        var needed = columns.Present(Check.NotNull(data, nameof(data)).Schema, ignoreMissingColumns);
        using (var probe = data.GetRowCursor(needed))
            columns.MakeFiller(probe, ignoreMissingColumns);
        return Enumerate(data, columns, needed, reuseRowObject);
    }

    private static IEnumerable<TRow> Enumerate<TRow>(IDataView data, ObjectSchema<TRow> columns, DataViewSchema.Column[] needed, bool reuse)
        where TRow : class, new()
    {
        using var cursor = data.GetRowCursor(needed);
        var fill = columns.MakeFiller(cursor, ignoreMissingColumns: true);
        var row = new TRow();
        while (cursor.MoveNext())
        {
            fill(row);
            yield return row;
            if (!reuse)
                row = new TRow();
        }
    }

    public IDataView TakeRows(IDataView input, long count)
    {
        Check.That(count >= 0, nameof(count), $"count must not be negative; got {count}");
        return new RowSelection(input, null, cursor => SkipTake(cursor, 0, count), rows => Math.Min(rows, count));
    }

    public IDataView SkipRows(IDataView input, long count)
    {
        Check.That(count >= 0, nameof(count), $"count must not be negative; got {count}");
        return new RowSelection(input, null, cursor => SkipTake(cursor, count, long.MaxValue), rows => Math.Max(0, rows - count));
    }

    private static Func<bool> SkipTake(DataViewRowCursor cursor, long skip, long take)
    {
        long taken = 0;
        return () =>
        {
            if (taken == take)
                return false;
            for (; skip > 0; skip--)
            {
                if (!cursor.MoveNext())
                    return false;
            }
            taken++;
            return cursor.MoveNext();
        };
    }

    public IDataView Cache(IDataView input, params string[] columnsToPrefetch)
    {
        var cache = new CacheDataView(Check.NotNull(input, nameof(input)));
        if (columnsToPrefetch?.Length > 0)
            cache.Prefetch(columnsToPrefetch.Select(name => input.Schema[name]));
        return cache;
    }

    public IDataView ShuffleRows(IDataView input, int? seed = null, int shufflePoolSize = 1000, bool shuffleSource = true)
    {
        Check.AtLeast(shufflePoolSize, 1, nameof(shufflePoolSize));
        return new ShuffledDataView(Check.NotNull(input, nameof(input)), SeedOr(seed), shufflePoolSize, shuffleSource);
    }

    private int SeedOr(int? seed) => seed ?? (Environment as MLContext)?.Seed ?? Random.Shared.Next();
}
