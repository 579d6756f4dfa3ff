using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Helpers for rows and their getters.</summary>
internal static class Rows
{
    internal static InvalidOperationException WrongGetterType<TValue>(DataViewSchema.Column column) =>
        new($"Invalid TValue in GetGetter: column '{column.Name}' is of type {column.Type}, whose values are "
            + $"{column.Type.RawType}; got {typeof(TValue)}");

    internal static ArgumentOutOfRangeException NotActive(DataViewSchema.Column column) =>
        Check.Param(nameof(column), $"Column '{column.Name}' is not active in this row: name it among the columns needed");

    /// <summary>Runs <paramref name="compute"/> when called for the first time at a row's position, else nothing.</summary>
    internal static Action OncePerRow(DataViewRow row, Action compute)
    {
        long at = -1;
        return () =>
        {
            if (at == row.Position)
                return;
            // Set last: a row whose computation failed must fail again, not serve the previous row's values.
            compute();
            at = row.Position;
        };
    }

    /// <summary>The column's getter for the type its values have, whatever that is.</summary>
    internal static Delegate GetterDelegate(DataViewRow row, DataViewSchema.Column column) =>
        Generic.Invoke<Delegate>(Typed<int>, [column.Type.RawType], row, column);

    private static Delegate Typed<TValue>(DataViewRow row, DataViewSchema.Column column) => row.GetGetter<TValue>(column);
}
