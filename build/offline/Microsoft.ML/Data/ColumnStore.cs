namespace Microsoft.ML.Data;

/// <summary>The values of one column, copied out of the rows they came in.</summary>
internal abstract class ColumnStore
{
    internal static bool CanHold(DataViewType type) => type is PrimitiveDataViewType or VectorDataViewType;

    internal static ColumnStore Of(DataViewType type) => type is VectorDataViewType vector
        ? (ColumnStore)Activator.CreateInstance(typeof(VectorStore<>).MakeGenericType(vector.ItemType.RawType))
        : (ColumnStore)Activator.CreateInstance(typeof(ScalarStore<>).MakeGenericType(type.RawType));

    /// <summary>Gives what appends the row's present value.</summary>
    internal abstract Action Fill(DataViewRow row, DataViewSchema.Column column);

    internal abstract Delegate MakeGetter(Func<long> index);

    private sealed class ScalarStore<T> : ColumnStore
    {
        private readonly List<T> _values = [];

        internal override Action Fill(DataViewRow row, DataViewSchema.Column column)
        {
            var get = row.GetGetter<T>(column);
            return () =>
            {
                T value = default;
                get(ref value);
                _values.Add(value is ReadOnlyMemory<char> text ? (T)(object)text.ToString().AsMemory() : value);
            };
        }

        internal override Delegate MakeGetter(Func<long> index) => (ValueGetter<T>)((ref T value) => value = _values[(int)index()]);
    }

    private sealed class VectorStore<T> : ColumnStore
    {
        private readonly List<VBuffer<T>> _values = [];

        internal override Action Fill(DataViewRow row, DataViewSchema.Column column)
        {
            var get = row.GetGetter<VBuffer<T>>(column);
            VBuffer<T> buffer = default;
            return () =>
            {
                get(ref buffer);
                VBuffer<T> copy = default;
                buffer.CopyTo(ref copy);
                _values.Add(copy);
            };
        }

        internal override Delegate MakeGetter(Func<long> index) =>
            (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => _values[(int)index()].CopyTo(ref value));
    }
}
