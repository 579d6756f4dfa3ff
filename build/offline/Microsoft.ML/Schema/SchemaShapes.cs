using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>What estimators need to say which columns they will add.</summary>
internal static class SchemaShapes
{
    /// <summary>The column, or the error that says it isn't there.</summary>
    internal static SchemaShape.Column Find(this SchemaShape shape, string name, string role = "input") =>
        shape.TryFindColumn(name, out var column) ? column : throw Check.ColumnNotFound(role, name);

    /// <summary>The shape with these columns put in place of those of the same name, or behind the others.</summary>
    internal static SchemaShape With(this SchemaShape shape, params SchemaShape.Column[] columns)
    {
        var names = columns.Select(c => c.Name).ToHashSet();
        return new(shape.Where(c => !names.Contains(c.Name)).Concat(columns));
    }

    /// <summary>Of a column's annotations those of these kinds, to be handed on to another column.</summary>
    internal static IEnumerable<SchemaShape.Column> Annotation(this SchemaShape.Column column, params string[] kinds) =>
        column.Annotations.Where(a => kinds.Contains(a.Name));

    internal static SchemaShape.Column VectorAnnotation(string kind, DataViewType itemType) =>
        new(kind, SchemaShape.Column.VectorKind.Vector, itemType, false);

    internal static SchemaShape.Column ScalarAnnotation(string kind, DataViewType itemType, bool isKey = false) =>
        new(kind, SchemaShape.Column.VectorKind.Scalar, itemType, isKey);
}
