using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Gathers the distinct values of a column while a cursor moves over it.</summary>
internal abstract class KeyMapBuilder
{
    internal static KeyMapBuilder Of(DataViewSchema.Column column, int maximumCount, ValueToKeyMappingEstimator.KeyOrdinality ordinality) =>
        (KeyMapBuilder)Activator.CreateInstance(typeof(Typed<>).MakeGenericType(column.Type.ItemType().RawType), maximumCount, ordinality);

    internal abstract Action Fill(DataViewRow row, DataViewSchema.Column column);

    internal abstract KeyMap Build();

    /// <summary>The map of a data view's one column.</summary>
    internal static KeyMap FromData(IDataView data, ValueToKeyMappingEstimator.KeyOrdinality ordinality)
    {
        var column = data.Schema.Single(c => !c.IsHidden);
        var builder = Of(column, int.MaxValue, ordinality);
        using var cursor = data.GetRowCursor([column]);
        var fill = builder.Fill(cursor, column);
        while (cursor.MoveNext())
            fill();
        return builder.Build();
    }

    private sealed class Typed<T>(int maximumCount, ValueToKeyMappingEstimator.KeyOrdinality ordinality) : KeyMapBuilder
    {
        private readonly HashSet<T> _seen = new(Values.Comparer<T>());
        private readonly List<T> _values = [];

        internal override Action Fill(DataViewRow row, DataViewSchema.Column column)
        {
            if (column.Type is VectorDataViewType)
            {
                var getMany = row.GetGetter<VBuffer<T>>(column);
                VBuffer<T> many = default;
                return () =>
                {
                    getMany(ref many);
                    foreach (var item in many.DenseValues())
                        Add(item);
                };
            }
            var get = row.GetGetter<T>(column);
            return () =>
            {
                T value = default;
                get(ref value);
                Add(value);
            };
        }

        private void Add(T value)
        {
            if (_values.Count >= maximumCount || Values.IsMissing(value) || _seen.Contains(value))
                return;
            // Text may be a window into a buffer that the next row overwrites.
            var kept = value is ReadOnlyMemory<char> text ? (T)(object)text.ToString().AsMemory() : value;
            _seen.Add(kept);
            _values.Add(kept);
        }

        internal override KeyMap Build() => new KeyMap<T>(
            ordinality == ValueToKeyMappingEstimator.KeyOrdinality.ByValue ? _values.Order(Values.Order<T>()) : _values);
    }
}
