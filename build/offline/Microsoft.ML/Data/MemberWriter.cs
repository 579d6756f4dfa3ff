using System.Linq.Expressions;

namespace Microsoft.ML.Data;

/// <summary>From the value of a column to a member of a row object.</summary>
internal static class MemberWriter
{
    /// <summary>Puts the row's value of the column into the member of the object it is given.</summary>
    internal static Action<TRow> Make<TRow>(string memberName, DataViewRow source, DataViewSchema.Column column)
    {
        var memberType = ColumnMember.TypeOf(ColumnMember.Find(typeof(TRow), memberName));
        if (!ColumnMember.Takes(memberType, column.Type))
        {
            throw new InvalidOperationException(
                $"Can't bind the IDataView column '{column.Name}' of type '{column.Type}' to field or property '{memberName}' "
                    + $"of type '{memberType.FullName}'.");
        }
        if (memberType == typeof(string))
            return Text(Write<TRow, string>(memberName), source.GetGetter<ReadOnlyMemory<char>>(column));
        if (memberType == typeof(string[]))
            return TextVector(Write<TRow, string[]>(memberName), source.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column));
        if (memberType.IsArray)
            return Generic.Invoke<Action<TRow>>(Vector<TRow, int>, [typeof(TRow), memberType.GetElementType()], memberName, source, column);
        if (column.Type is VectorDataViewType vector)
            return Generic.Invoke<Action<TRow>>(Buffer<TRow, int>, [typeof(TRow), vector.ItemType.RawType], memberName, source, column);
        return Generic.Invoke<Action<TRow>>(Plain<TRow, int>, [typeof(TRow), memberType], memberName, source, column);
    }

    private static Action<TRow, TMember> Write<TRow, TMember>(string memberName)
    {
        var row = Expression.Parameter(typeof(TRow));
        var value = Expression.Parameter(typeof(TMember));
        var member = Expression.MakeMemberAccess(row, ColumnMember.Find(typeof(TRow), memberName));
        return Expression.Lambda<Action<TRow, TMember>>(Expression.Assign(member, value), row, value).Compile();
    }

    private static Action<TRow> Text<TRow>(Action<TRow, string> write, ValueGetter<ReadOnlyMemory<char>> get)
    {
        ReadOnlyMemory<char> text = default;
        return row =>
        {
            get(ref text);
            write(row, text.ToString());
        };
    }

    private static Action<TRow> TextVector<TRow>(Action<TRow, string[]> write, ValueGetter<VBuffer<ReadOnlyMemory<char>>> get)
    {
        VBuffer<ReadOnlyMemory<char>> texts = default;
        return row =>
        {
            get(ref texts);
            write(row, texts.DenseValues().Select(t => t.ToString()).ToArray());
        };
    }

    private static Action<TRow> Vector<TRow, TItem>(string memberName, DataViewRow source, DataViewSchema.Column column)
    {
        var write = Write<TRow, TItem[]>(memberName);
        var get = source.GetGetter<VBuffer<TItem>>(column);
        VBuffer<TItem> buffer = default;
        // A new array a row: one object's array must not change when the next row is read.
        return row =>
        {
            get(ref buffer);
            var items = new TItem[buffer.Length];
            buffer.CopyTo(items);
            write(row, items);
        };
    }

    private static Action<TRow> Buffer<TRow, TItem>(string memberName, DataViewRow source, DataViewSchema.Column column)
    {
        var write = Write<TRow, VBuffer<TItem>>(memberName);
        var get = source.GetGetter<VBuffer<TItem>>(column);
        return row =>
        {
            VBuffer<TItem> buffer = default;
            get(ref buffer);
            write(row, buffer);
        };
    }

    private static Action<TRow> Plain<TRow, TValue>(string memberName, DataViewRow source, DataViewSchema.Column column)
    {
        var write = Write<TRow, TValue>(memberName);
        var get = source.GetGetter<TValue>(column);
        return row =>
        {
            TValue value = default;
            get(ref value);
            write(row, value);
        };
    }
}
