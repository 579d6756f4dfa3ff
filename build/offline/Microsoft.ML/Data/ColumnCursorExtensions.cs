namespace Microsoft.ML.Data;

public static class ColumnCursorExtensions
{
    public static IEnumerable<T> GetColumn<T>(this IDataView data, string columnName) =>
        GetColumn<T>(data, Check.NotNull(data, nameof(data)).Schema[columnName]);

    public static IEnumerable<T> GetColumn<T>(this IDataView data, DataViewSchema.Column column)
    {
        Check.NotNull(data, nameof(data));
        Check.That(ColumnMember.Takes(typeof(T), column.Type), nameof(column),
            $"Column '{column.Name}' of type {column.Type} cannot be read as {typeof(T)}");
        return Values<T>(data, column);
    }

    private static IEnumerable<T> Values<T>(IDataView data, DataViewSchema.Column column)
    {
        using var cursor = data.GetRowCursor([column]);
        var holder = new Holder<T>();
        var read = MemberWriter.Make<Holder<T>>(nameof(Holder<T>.Value), cursor, column);
        while (cursor.MoveNext())
        {
            read(holder);
            yield return holder.Value;
        }
    }

    private sealed class Holder<T>
    {
#pragma warning disable CS0649 // written through MemberWriter
        public T Value;
#pragma warning restore CS0649
    }
}
