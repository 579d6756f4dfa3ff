using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Distinct values, each with its key: its number in the list, from 1.</summary>
internal abstract class KeyMap
{
    internal abstract PrimitiveDataViewType ItemType { get; }

    internal abstract int Count { get; }

    internal KeyDataViewType KeyType => new(typeof(uint), Math.Max(1, Count));

    internal abstract Delegate MakeGetter(DataViewRow row, DataViewSchema.Column input);

    internal abstract void AddKeyValues(DataViewSchema.Annotations.Builder builder, bool asText);

    internal abstract void Write(BinaryWriter writer);

    internal static KeyMap Read(BinaryReader reader) =>
        Generic.Invoke<KeyMap>(ReadValues<int>, [SchemaCodec.ReadType(reader).RawType], reader);

    private static KeyMap ReadValues<T>(BinaryReader reader) => new KeyMap<T>(ValueCodec.ReadArray<T>(reader));
}

internal sealed class KeyMap<T> : KeyMap
{
    private readonly T[] _values;
    private readonly Dictionary<T, uint> _keys = new(Values.Comparer<T>());

    internal KeyMap(IEnumerable<T> distinct)
    {
        _values = distinct.ToArray();
        for (int i = 0; i < _values.Length; i++)
            _keys.Add(_values[i], (uint)i + 1);
    }

    internal override PrimitiveDataViewType ItemType => DataViewTypes.Primitive(typeof(T));

    internal override int Count => _values.Length;

    internal IReadOnlyDictionary<T, uint> Keys => _keys;

    internal override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column input) =>
        Values.Map<T, uint>(row, input, value => _keys.GetValueOrDefault(value));

    internal override void AddKeyValues(DataViewSchema.Annotations.Builder builder, bool asText)
    {
        if (_values.Length == 0)
            return;
        if (asText && typeof(T) != typeof(ReadOnlyMemory<char>))
            builder.AddVector(AnnotationKinds.KeyValues, TextDataViewType.Instance,
                Array.ConvertAll(_values, v => Values.ToText(v).AsMemory()));
        else
            builder.AddVector(AnnotationKinds.KeyValues, ItemType, _values);
    }

    internal override void Write(BinaryWriter writer)
    {
        SchemaCodec.WriteType(writer, ItemType);
        ValueCodec.WriteArray(writer, _values);
    }
}
