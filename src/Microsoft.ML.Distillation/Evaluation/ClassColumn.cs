using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;

namespace Microsoft.ML.Distillation.Evaluation;

/// <summary>A column with the class of each object of an image: a vector of keys or of text.</summary>
internal sealed class ClassColumn
{
    private readonly DataViewSchema.Column _column;
    private readonly ClassNames _classes;
    private readonly int[] _places = [];

    /// <param name="classes">The classes; those of a key are added.</param>
    public ClassColumn(DataViewSchema schema, string name, string role, ClassNames classes)
    {
        (_column, _classes) = (Columns.Find(schema, name, role), classes);
        var item = (_column.Type as VectorDataViewType)?.ItemType;
        if (item is KeyDataViewType { Count: > 0 and <= int.MaxValue } key)
            _places = [.. (KeyValues.Names(_column) ?? [.. Enumerable.Range(1, (int)key.Count).Select(k => k.ToString(CultureInfo.InvariantCulture))]).Select(n => classes.Place(n))];
        else if (item is not TextDataViewType)
            throw new ArgumentException($"{role} column '{name}' is {_column.Type}; a vector with the class of each object is needed, of text or of keys made with MapValueToKey.", nameof(name));
    }

    public string Name => _column.Name;

    /// <summary>Makes the getter of the classes of a row's objects; −1 for one that is missing.</summary>
    public Func<int[]> Getter(DataViewRow row) => ((VectorDataViewType)_column.Type).ItemType.RawType switch
    {
        var t when t == typeof(uint) => Getter<uint>(row, k => k),
        var t when t == typeof(byte) => Getter<byte>(row, k => k),
        var t when t == typeof(ushort) => Getter<ushort>(row, k => k),
        var t when t == typeof(ulong) => Getter<ulong>(row, k => k),
        _ => TextGetter(row),
    };

    private Func<int[]> Getter<T>(DataViewRow row, Func<T, ulong> toKey)
    {
        var read = NumberColumn.VectorGetter<T>(row, _column.Name);
        return () => Array.ConvertAll(read(), value => toKey(value) is var k && k > 0 && k <= (ulong)_places.Length ? _places[k - 1] : -1);
    }

    private Func<int[]> TextGetter(DataViewRow row)
    {
        var read = NumberColumn.VectorGetter<ReadOnlyMemory<char>>(row, _column.Name);
        return () => Array.ConvertAll(read(), text => text.IsEmpty ? -1 : _classes.Place(text.Span));
    }
}
