namespace Microsoft.ML.Data;

/// <summary>How the members of a row class are columns.</summary>
internal sealed class ObjectSchema<TRow>
{
    private readonly SchemaDefinition.Column[] _columns;

    internal ObjectSchema(SchemaDefinition definition, SchemaDefinition.Direction direction)
    {
        _columns = (definition ?? SchemaDefinition.Create(typeof(TRow), direction)).ToArray();
        foreach (var column in _columns)
        {
            var member = ColumnMember.Find(typeof(TRow), column.MemberName);
            column.ColumnType ??= ColumnMember.ColumnType(member);
            if (!ColumnMember.Takes(ColumnMember.TypeOf(member), column.ColumnType))
            {
                throw Check.Param("schemaDefinition",
                    $"Column '{column.ColumnName}' of type {column.ColumnType} cannot be held by member {member.Name} of type "
                        + $"{ColumnMember.TypeOf(member)}");
            }
        }
        Schema = DataViewSchema.From(_columns.Select(c => new DataViewSchema.DetachedColumn(c.ColumnName, c.ColumnType, c.Annotations)));
    }

    internal DataViewSchema Schema { get; }

    internal IEnumerable<SchemaDefinition.Column> Columns => _columns;

    internal Delegate MakeGetter(int column, Func<TRow> current) =>
        MemberReader.Make(_columns[column].MemberName, _columns[column].ColumnType, current);

    /// <summary>Fills an object from a row's columns of the same names.</summary>
    internal Action<TRow> MakeFiller(DataViewRow row, bool ignoreMissingColumns)
    {
        var writers = new List<Action<TRow>>();
        foreach (var column in Present(row.Schema, ignoreMissingColumns))
            writers.Add(MemberWriter.Make<TRow>(MemberOf(column.Name), row, column));
        return target => writers.ForEach(write => write(target));
    }

    /// <summary>Of a schema the columns this class has members for.</summary>
    internal DataViewSchema.Column[] Present(DataViewSchema schema, bool ignoreMissingColumns)
    {
        var found = new List<DataViewSchema.Column>();
        foreach (var column in _columns)
        {
            if (schema.GetColumnOrNull(column.ColumnName) is { } there)
                found.Add(there);
            else if (!ignoreMissingColumns)
            {
                throw Check.Param("schema",
                    $"Could not find column '{column.ColumnName}', which member {column.MemberName} of {typeof(TRow)} needs. "
                    + $"The data view has: {string.Join(", ", schema.Select(c => c.Name))}");
            }
        }
        return found.ToArray();
    }

    /// <summary>The class's columns with the types and annotations a given schema has; each column of that schema must have its
    /// member.</summary>
    internal static SchemaDefinition DefinitionFor(DataViewSchema schema)
    {
        var definition = SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Read);
        foreach (var column in schema.Where(c => !c.IsHidden))
        {
            var own = definition.Find(c => c.ColumnName == column.Name)
                ?? throw new InvalidOperationException($"Type {typeof(TRow)} should contain a member for the column '{column.Name}'");
            own.ColumnType = column.Type;
            own.AddAnnotations(column.Annotations);
        }
        return definition;
    }

    private string MemberOf(string columnName) => _columns.First(c => c.ColumnName == columnName).MemberName;
}
