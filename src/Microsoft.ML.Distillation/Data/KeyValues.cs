using System.Globalization;
using System.Reflection;
using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Data;

/// <summary>The annotation that holds a key's values, whatever their type.</summary>
internal static class KeyValues
{
    public const string Kind = "KeyValues";

    /// <returns>The values as text; null for a key made without values.</returns>
    public static string[]? Names(DataViewSchema.Column column) => (string[]?)OfItemType(nameof(NamesAs), column, column);

    /// <summary>Hands a key's values on to a column of our own.</summary>
    public static void Copy(DataViewSchema.Column from, SchemaDefinition.Column to) => OfItemType(nameof(CopyAs), from, from, to);

    /// <summary>Gives a key column of our own values of text.</summary>
    public static void Add(IReadOnlyList<string> names, SchemaDefinition.Column to) => to.AddAnnotation(
        Kind, new VBuffer<ReadOnlyMemory<char>>(names.Count, [.. names.Select(n => n.AsMemory())]), new VectorDataViewType(TextDataViewType.Instance, names.Count));

    private static object? OfItemType(string method, DataViewSchema.Column column, params object[] arguments) =>
        column.Annotations.Schema.GetColumnOrNull(Kind) is { Type: VectorDataViewType type }
            ? typeof(KeyValues).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type.ItemType.RawType).Invoke(null, arguments)
            : null;

    private static string[] NamesAs<T>(DataViewSchema.Column column)
    {
        VBuffer<T> values = default;
        column.Annotations.GetValue(Kind, ref values);
        return [.. values.DenseValues().Select(v => string.Create(CultureInfo.InvariantCulture, $"{v}"))];
    }

    private static void CopyAs<T>(DataViewSchema.Column from, SchemaDefinition.Column to)
    {
        VBuffer<T> values = default;
        from.Annotations.GetValue(Kind, ref values);
        to.AddAnnotation(Kind, values, from.Annotations.Schema[Kind].Type);
    }
}
