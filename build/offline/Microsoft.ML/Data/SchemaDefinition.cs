using System.Reflection;

namespace Microsoft.ML.Data;

public sealed class SchemaDefinition : List<SchemaDefinition.Column>
{
    private SchemaDefinition(IEnumerable<Column> columns) : base(columns)
    {
    }

    public Column this[string columnName]
    {
        get => Find(c => c.ColumnName == columnName) ?? throw new InvalidOperationException($"Column '{columnName}' not found");
        set
        {
            if (columnName != value.ColumnName)
                throw new InvalidOperationException($"The column is called '{value.ColumnName}', the index '{columnName}'");
            int index = FindIndex(c => c.ColumnName == columnName);
            if (index < 0)
                Add(value);
            else
                this[index] = value;
        }
    }

    public static SchemaDefinition Create(Type userType, Direction direction = Direction.Both)
    {
        var columns = new List<Column>();
        foreach (var member in ColumnMember.Of(Check.NotNull(userType, nameof(userType)), direction))
        {
            string name = member.GetCustomAttribute<ColumnNameAttribute>()?.Name ?? member.Name;
            if (columns.Any(c => c.ColumnName == name))
                throw new InvalidOperationException($"Two members of {userType} are called '{name}'; columns need names of their own");
            columns.Add(new Column(member.Name, name, ColumnMember.ColumnType(member)));
        }
        return new(columns);
    }

    [Flags]
    public enum Direction
    {
        Read = 1,
        Write = 2,
        Both = Read | Write,
    }

    public sealed class Column
    {
        private readonly DataViewSchema.Annotations.Builder _annotations = new();

        internal Column(string memberName, string columnName, DataViewType columnType) =>
            (MemberName, ColumnName, ColumnType) = (memberName, columnName, columnType);

        public string MemberName { get; }

        public string ColumnName { get; set; }

        public DataViewType ColumnType { get; set; }

        public DataViewSchema.Annotations Annotations => _annotations.ToAnnotations();

        public void AddAnnotation<T>(string kind, T value, DataViewType annotationType)
        {
            if (Annotations.Schema.GetColumnOrNull(kind) != null)
                throw new InvalidOperationException($"Column '{ColumnName}' already has an annotation '{kind}'");
            if (annotationType is VectorDataViewType vector)
                Generic.Invoke<object>(AddVector<int>, [vector.ItemType.RawType], kind, value, annotationType);
            else
                _annotations.Add(kind, annotationType, (ref T target) => target = value);
        }

        // Copied: who gets a vector may write into it.
        private object AddVector<TItem>(string kind, VBuffer<TItem> value, DataViewType type)
        {
            _annotations.Add(kind, type, (ref VBuffer<TItem> target) => value.CopyTo(ref target));
            return null;
        }

        internal void AddAnnotations(DataViewSchema.Annotations annotations) => _annotations.Add(annotations, _ => true);
    }
}
