using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>A table from values to values. For keys as output, the table holds the keys and <see cref="KeyValues"/> what they
/// mean.</summary>
internal abstract class ValueMap
{
    internal abstract PrimitiveDataViewType InputType { get; }

    internal abstract DataViewType OutputType { get; }

    /// <summary>Set where the values became keys and the keys are numbers in a list.</summary>
    internal KeyMap KeyValues { get; set; }

    internal abstract Delegate MakeGetter(DataViewRow row, DataViewSchema.Column input);

    internal abstract void Write(BinaryWriter writer);

    internal static ValueMap Read(BinaryReader reader)
    {
        var inputType = SchemaCodec.ReadType(reader);
        var outputType = SchemaCodec.ReadType(reader);
        var map = Generic.Invoke<ValueMap>(outputType is VectorDataViewType ? ReadVectors<int, int> : ReadScalars<int, int>,
            [inputType.RawType, outputType.ItemType().RawType], reader, outputType);
        if (reader.ReadBoolean())
            map.KeyValues = KeyMap.Read(reader);
        return map;
    }

    private static ValueMap ReadScalars<TIn, TOut>(BinaryReader reader, DataViewType outputType)
    {
        var keys = ValueCodec.ReadArray<TIn>(reader);
        var values = ValueCodec.ReadArray<TOut>(reader);
        return new ValueMap<TIn, TOut>(keys.Zip(values, KeyValuePair.Create), outputType);
    }

    private static ValueMap ReadVectors<TIn, TItem>(BinaryReader reader, DataViewType outputType)
    {
        var keys = ValueCodec.ReadArray<TIn>(reader);
        return new ValueMap<TIn, VBuffer<TItem>>(keys.Select(k => KeyValuePair.Create(k, Vector(ValueCodec.ReadArray<TItem>(reader))))
            .ToArray(), outputType);
    }

    internal static VBuffer<TItem> Vector<TItem>(TItem[] items) => new(items.Length, items);
}

internal sealed class ValueMap<TIn, TOut> : ValueMap
{
    private readonly Dictionary<TIn, TOut> _map = new(Values.Comparer<TIn>());

    internal ValueMap(IEnumerable<KeyValuePair<TIn, TOut>> pairs, DataViewType outputType)
    {
        OutputType = outputType;
        foreach (var (key, value) in pairs)
        {
            if (!_map.TryAdd(key, value))
                throw new InvalidOperationException($"The mapping has two values for the key {Values.ToText(key)}");
        }
    }

    internal override PrimitiveDataViewType InputType => DataViewTypes.Primitive(typeof(TIn));

    internal override DataViewType OutputType { get; }

    internal override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column input)
    {
        if (OutputType is VectorDataViewType vector)
            return Generic.Invoke<Delegate>(MakeVectorGetter<int>, [vector.ItemType.RawType], row, input);
        var missing = OutputType is KeyDataViewType ? default : Values.Missing<TOut>();
        return Values.Map<TIn, TOut>(row, input, key => _map.TryGetValue(key, out var value) ? value : missing);
    }

    private Delegate MakeVectorGetter<TItem>(DataViewRow row, DataViewSchema.Column input)
    {
        var map = (Dictionary<TIn, VBuffer<TItem>>)(object)_map;
        var get = row.GetGetter<TIn>(input);
        TIn key = default;
        // Copied: who gets a vector may write into it, and the table's own must stay.
        return (ValueGetter<VBuffer<TItem>>)((ref VBuffer<TItem> value) =>
        {
            get(ref key);
            map.GetValueOrDefault(key).CopyTo(ref value);
        });
    }

    internal override void Write(BinaryWriter writer)
    {
        SchemaCodec.WriteType(writer, InputType);
        SchemaCodec.WriteType(writer, OutputType);
        ValueCodec.WriteArray(writer, _map.Keys.ToArray());
        if (OutputType is VectorDataViewType vector)
            Generic.Invoke<object>(WriteVectors<int>, [vector.ItemType.RawType], writer);
        else
            ValueCodec.WriteArray(writer, _map.Values.ToArray());
        writer.Write(KeyValues != null);
        KeyValues?.Write(writer);
    }

    private object WriteVectors<TItem>(BinaryWriter writer)
    {
        foreach (var vector in _map.Values.Cast<VBuffer<TItem>>())
            ValueCodec.WriteArray(writer, vector.DenseValues().ToArray());
        return null;
    }
}
