using System.Collections;
using Microsoft.ML.Data;

namespace Microsoft.ML;

public sealed class SchemaShape : IReadOnlyList<SchemaShape.Column>
{
    private static readonly SchemaShape _empty = new([]);
    private readonly Column[] _columns;

    public SchemaShape(IEnumerable<Column> columns)
    {
        _columns = Check.NotNull(columns, nameof(columns)).ToArray();
        Check.That(_columns.All(c => c.IsValid), nameof(columns), "Some of the columns are not initialised");
    }

    public int Count => _columns.Length;

    public Column this[int index] => _columns[index];

    public IEnumerator<Column> GetEnumerator() => ((IEnumerable<Column>)_columns).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static SchemaShape Create(DataViewSchema schema) => new(schema.Where(c => !c.IsHidden).Select(Column.Of));

    internal bool TryFindColumn(string name, out Column column)
    {
        column = _columns.FirstOrDefault(c => c.Name == name);
        return column.IsValid;
    }

    public readonly struct Column
    {
        public readonly string Name;
        public readonly VectorKind Kind;
        public readonly DataViewType ItemType;
        public readonly bool IsKey;
        public readonly SchemaShape Annotations;

        internal Column(string name, VectorKind kind, DataViewType itemType, bool isKey, SchemaShape annotations = null)
        {
            Check.That(itemType is not (VectorDataViewType or KeyDataViewType), nameof(itemType),
                $"Item type of column '{name}' is {itemType}");
            (Name, Kind, ItemType, IsKey, Annotations) = (Check.NotEmpty(name, nameof(name)), kind, itemType, isKey, annotations ?? _empty);
        }

        internal bool IsValid => ItemType != null;

        internal static Column Of(DataViewSchema.Column column) =>
            Of(column.Name, column.Type, new(column.Annotations.Schema.Select(a => Of(a.Name, a.Type))));

        internal static Column Of(string name, DataViewType type, SchemaShape annotations = null)
        {
            var kind = type is not VectorDataViewType vector ? VectorKind.Scalar : vector.IsKnownSize ? VectorKind.Vector
                : VectorKind.VariableVector;
            return new(name, kind, type.ItemType().WithoutKey(), type.ItemType() is KeyDataViewType, annotations);
        }

        internal string TypeText => (Kind == VectorKind.Scalar ? "" : $"{Kind} of ") + (IsKey ? "key " : "") + ItemType;

        public enum VectorKind
        {
            Scalar,
            Vector,
            VariableVector,
        }
    }
}
