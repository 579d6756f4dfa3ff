using Microsoft.ML.Data;

namespace Microsoft.ML;

public sealed partial class DataViewSchema
{
    public sealed class Annotations
    {
        private readonly Delegate[] _getters;

        private Annotations(DataViewSchema schema, Delegate[] getters) => (Schema, _getters) = (schema, getters);

        public static Annotations Empty { get; } = new(new DataViewSchema([]), []);

        public DataViewSchema Schema { get; }

        public ValueGetter<TValue> GetGetter<TValue>(Column column) =>
            GetterDelegate(column) as ValueGetter<TValue> ?? throw Rows.WrongGetterType<TValue>(column);

        public void GetValue<TValue>(string kind, ref TValue value)
        {
            var column = Schema.GetColumnOrNull(kind)
                ?? throw new InvalidOperationException($"There is no annotation '{kind}' of type {typeof(TValue)}");
            GetGetter<TValue>(column)(ref value);
        }

        internal Delegate GetterDelegate(Column column) => _getters[column.Index];

        public override string ToString() => string.Join(", ", Schema.Select(c => c.Name));

        public sealed class Builder
        {
            private readonly List<(DetachedColumn Column, Delegate Getter)> _items = [];

            public Builder()
            {
            }

            public void Add(Annotations annotations, Func<string, bool> selector)
            {
                foreach (var column in annotations?.Schema ?? Empty.Schema)
                {
                    if (selector(column.Name))
                        _items.Add((new(column), annotations.GetterDelegate(column)));
                }
            }

            public void Add<TValue>(string name, DataViewType type, ValueGetter<TValue> getter, Annotations annotations = null)
            {
                Check.That(type.RawType == typeof(TValue), nameof(type),
                    $"Annotation '{name}' of type {type} needs a getter of {type.RawType}; got one of {typeof(TValue)}");
                _items.Add((new(name, type, annotations), Check.NotNull(getter, nameof(getter))));
            }

            public void Add(string name, DataViewType type, Delegate getter, Annotations annotations = null)
            {
                Check.That(getter?.GetType() == typeof(ValueGetter<>).MakeGenericType(type.RawType), nameof(getter),
                    $"Annotation '{name}' of type {type} needs a ValueGetter of {type.RawType}; got {getter?.GetType()}");
                _items.Add((new(name, type, annotations), getter));
            }

            public void AddPrimitiveValue<TValue>(string name, PrimitiveDataViewType type, TValue value, Annotations annotations = null) =>
                Add(name, type, (ref TValue target) => target = value, annotations);

            public Annotations ToAnnotations()
            {
                // As in a schema a later one hides an earlier one; nothing ever asks for a hidden annotation.
                var last = _items.GroupBy(i => i.Column.Name).Select(g => g.Last()).ToArray();
                return new(new DataViewSchema(last.Select(i => i.Column).ToArray()), last.Select(i => i.Getter).ToArray());
            }
        }
    }
}
