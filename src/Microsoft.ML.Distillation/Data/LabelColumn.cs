using Microsoft.ML.Data;

namespace Microsoft.ML.Distillation.Data;

/// <summary>The label column of a data view: a scalar key with key values, which name the classes in the order of the keys.</summary>
internal sealed class LabelColumn
{
    /// <summary>What the getter gives where there is no class.</summary>
    public const int Missing = -1, OutOfRange = -2;

    private const int NamesShown = 12;
    private readonly int[]? _places;

    private LabelColumn(DataViewSchema.Column column, IReadOnlyList<string> classNames, int[]? places = null) => (Column, ClassNames, _places) = (column, classNames, places);

    public DataViewSchema.Column Column { get; }

    /// <summary>The classes; key k of the column is <c>ClassNames[k − 1]</c>, unless it was given other classes' order.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    public static LabelColumn Find(DataViewSchema schema, string name)
    {
        var column = Columns.Find(schema, name, "Label");
        if (column.Type is not KeyDataViewType key)
            throw new ArgumentException($"Label column '{name}' is {column.Type}; a key is needed: add MapValueToKey(\"{name}\").", nameof(name));
        if (key.Count == 0 || key.Count > int.MaxValue)
            throw new ArgumentException($"Label column '{name}' is a key without a known number of classes ({key}): make it with MapValueToKey.", nameof(name));
        var names = KeyValues.Names(column) ?? [.. Enumerable.Range(1, (int)key.Count).Select(i => $"{i}")]; // without values its classes are its numbers
        if (names.Length < 2)
            throw new ArgumentException($"Label column '{name}' has {names.Length} class ({string.Join(", ", names)}); a classifier needs at least 2.", nameof(name));
        return new LabelColumn(column, names);
    }

    /// <summary>The same column, its classes counted in the order of <paramref name="classes"/>, which may be more.</summary>
    /// <exception cref="ArgumentException">A class of the column is none of them.</exception>
    public LabelColumn InOrderOf(IReadOnlyList<string> classes)
    {
        var places = classes.Select((name, index) => (name, index)).ToDictionary(p => p.name, p => p.index, StringComparer.Ordinal);
        return ClassNames.FirstOrDefault(c => !places.ContainsKey(c)) is { } stranger
            ? throw new ArgumentException($"Label column '{Column.Name}' has a class '{stranger}', which is none of {string.Join(", ", classes.Take(NamesShown))}{(classes.Count > NamesShown ? ", …" : "")}.", nameof(classes))
            : new LabelColumn(Column, classes, [.. ClassNames.Select(c => places[c])]);
    }

    /// <summary>Makes the getter of the row's class, from 0; <see cref="Missing"/> or <see cref="OutOfRange"/> for what is no class.</summary>
    public Func<int> Getter(DataViewRow row)
    {
        var getter = KeyGetter(row);
        return _places is null ? getter : () => InOrder(getter());
    }

    private Func<int> KeyGetter(DataViewRow row)
    {
        var column = row.Schema[Column.Name];
        return column.Type.RawType switch
        {
            var t when t == typeof(uint) => Getter<uint>(row, column, k => ClassOf(k)),
            var t when t == typeof(byte) => Getter<byte>(row, column, k => ClassOf(k)),
            var t when t == typeof(ushort) => Getter<ushort>(row, column, k => ClassOf(k)),
            _ => Getter<ulong>(row, column, ClassOf),
        };
    }

    private int InOrder(int index) => index < 0 ? index : _places![index];

    private int ClassOf(ulong key) => key == 0 ? Missing : key > (ulong)(_places?.Length ?? ClassNames.Count) ? OutOfRange : (int)(key - 1);

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
}
