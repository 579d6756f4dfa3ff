using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Data;

/// <summary>
/// A key column with classes as its values, for runs whose data has no label: what the model's outputs take their annotations from. It is never part of
/// the user's data.
/// </summary>
internal static class ClassKey
{
    public const string ColumnName = "distillation.label";

    /// <summary>The column as a label of these classes, without rows.</summary>
    public static LabelColumn Label(MLContext ml, IReadOnlyList<string> classes) => LabelColumn.Find(View(ml, classes).Schema, ColumnName);

    /// <summary>The shape of such a column.</summary>
    /// <param name="named">Whether the key has values.</param>
    public static IEnumerable<SchemaShape.Column> Shape(MLContext ml, string column = ColumnName, bool named = true) => DataShape.Of(View(ml, ["a", "b"], column, named));

    private static IDataView View(MLContext ml, IReadOnlyList<string> classes, string column = ColumnName, bool named = true)
    {
        var schema = SchemaDefinition.Create(typeof(KeyRow));
        var key = schema[nameof(KeyRow.Key)];
        key.ColumnName = column;
        key.ColumnType = new KeyDataViewType(typeof(uint), classes.Count);
        if (named)
            KeyValues.Add(classes, key);
        return ml.Data.LoadFromEnumerable(Array.Empty<KeyRow>(), schema);
    }

    private sealed class KeyRow
    {
        public uint Key { get; set; }
    }
}
