using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Data;

/// <summary>The label column of a data view: a scalar key with key values, which name the classes in the order of the keys.</summary>
internal sealed class LabelColumn
{
    private const string KeyValues = "KeyValues";

    private LabelColumn(DataViewSchema.Column column, string[] classNames) => (Column, ClassNames) = (column, classNames);

    public DataViewSchema.Column Column { get; }

    /// <summary>The classes; key k of the column is <c>ClassNames[k − 1]</c>.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    public static LabelColumn Find(DataViewSchema schema, string name)
    {
        var column = Columns.Find(schema, name, "Label");
        if (column.Type is not KeyDataViewType key)
            throw new ArgumentException($"Label column '{name}' is {column.Type}; a key is needed: add MapValueToKey(\"{name}\").", nameof(name));
        if (key.Count == 0 || key.Count > int.MaxValue)
            throw new ArgumentException($"Label column '{name}' is a key without a known number of classes ({key}): make it with MapValueToKey.", nameof(name));
        var names = ReadKeyValues(column, (int)key.Count);
        if (names.Length < 2)
            throw new ArgumentException($"Label column '{name}' has {names.Length} class ({string.Join(", ", names)}); a classifier needs at least 2.", nameof(name));
        return new LabelColumn(column, names);
    }

    /// <summary>Makes the getter of the row's class, from 0; −1 for a missing label.</summary>
    public Func<int> Getter(DataViewRow row)
    {
        var column = row.Schema[Column.Name];
        return column.Type.RawType switch
        {
            var t when t == typeof(uint) => Getter<uint>(row, column, k => (int)k - 1),
            var t when t == typeof(byte) => Getter<byte>(row, column, k => k - 1),
            var t when t == typeof(ushort) => Getter<ushort>(row, column, k => k - 1),
            _ => Getter<ulong>(row, column, k => (int)k - 1),
        };
    }

    private static Func<int> Getter<T>(DataViewRow row, DataViewSchema.Column column, Func<T, int> toClass)
    {
        var getter = row.GetGetter<T>(column);
        T key = default!;
        return () =>
        {
            getter(ref key);
            return toClass(key);
        };
    }

    private static string[] ReadKeyValues(DataViewSchema.Column column, int count)
    {
        if (column.Annotations.Schema.GetColumnOrNull(KeyValues) is not { } annotation)
            return [.. Enumerable.Range(1, count).Select(i => $"{i}")]; // a key made without values: its classes are its numbers
        var read = typeof(LabelColumn).GetMethod(nameof(ReadAs), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!;
        var itemType = ((VectorDataViewType)annotation.Type).ItemType.RawType;
        return (string[])read.MakeGenericMethod(itemType).Invoke(null, [column])!;
    }

    private static string[] ReadAs<T>(DataViewSchema.Column column)
    {
        VBuffer<T> values = default;
        column.Annotations.GetValue(KeyValues, ref values);
        return [.. values.DenseValues().Select(v => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{v}"))];
    }
}
