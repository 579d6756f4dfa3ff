using System.Linq.Expressions;

namespace Microsoft.ML.Data;

/// <summary>From a member of a row object to the value of a column.</summary>
internal static class MemberReader
{
    /// <summary>A ValueGetter of the column's raw type that reads the object <paramref name="current"/> gives.</summary>
    internal static Delegate Make<TRow>(string memberName, DataViewType columnType, Func<TRow> current)
    {
        var memberType = ColumnMember.TypeOf(ColumnMember.Find(typeof(TRow), memberName));
        if (memberType == typeof(string))
            return Text(Read<TRow, string>(memberName), current);
        if (memberType == typeof(string[]))
            return TextVector(Read<TRow, string[]>(memberName), current);
        if (memberType.IsArray)
            return Generic.Invoke<Delegate>(Vector<TRow, int>, [typeof(TRow), memberType.GetElementType()], memberName, current);
        if (columnType is VectorDataViewType vector)
            return Generic.Invoke<Delegate>(Buffer<TRow, int>, [typeof(TRow), vector.ItemType.RawType], memberName, current);
        return Generic.Invoke<Delegate>(Plain<TRow, int>, [typeof(TRow), memberType], memberName, current);
    }

    private static Func<TRow, TMember> Read<TRow, TMember>(string memberName)
    {
        var row = Expression.Parameter(typeof(TRow));
        var member = Expression.MakeMemberAccess(row, ColumnMember.Find(typeof(TRow), memberName));
        return Expression.Lambda<Func<TRow, TMember>>(member, row).Compile();
    }

    private static ValueGetter<ReadOnlyMemory<char>> Text<TRow>(Func<TRow, string> read, Func<TRow> current) =>
        (ref ReadOnlyMemory<char> value) => value = read(current()).AsMemory();

    private static ValueGetter<VBuffer<ReadOnlyMemory<char>>> TextVector<TRow>(Func<TRow, string[]> read, Func<TRow> current) =>
        (ref VBuffer<ReadOnlyMemory<char>> value) =>
        {
            var texts = read(current()) ?? [];
            var editor = VBufferEditor.Create(ref value, texts.Length);
            for (int i = 0; i < texts.Length; i++)
                editor.Values[i] = texts[i].AsMemory();
            value = editor.Commit();
        };

    private static Delegate Vector<TRow, TItem>(string memberName, Func<TRow> current)
    {
        var read = Read<TRow, TItem[]>(memberName);
        return (ValueGetter<VBuffer<TItem>>)((ref VBuffer<TItem> value) =>
        {
            var items = read(current()) ?? [];
            VBuffer<TItem>.Copy(items, 0, ref value, items.Length);
        });
    }

    private static Delegate Buffer<TRow, TItem>(string memberName, Func<TRow> current)
    {
        var read = Read<TRow, VBuffer<TItem>>(memberName);
        return (ValueGetter<VBuffer<TItem>>)((ref VBuffer<TItem> value) => read(current()).CopyTo(ref value));
    }

    private static Delegate Plain<TRow, TValue>(string memberName, Func<TRow> current)
    {
        var read = Read<TRow, TValue>(memberName);
        return (ValueGetter<TValue>)((ref TValue value) => value = read(current()));
    }
}
