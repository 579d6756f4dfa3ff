using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Tables made of what the catalog's overloads take.</summary>
internal static class ValueMaps
{
    internal static ValueMap OfPairs<TIn, TOut>(IEnumerable<KeyValuePair<TIn, TOut>> pairs, bool asKeys)
    {
        var list = Check.NotNull(pairs, nameof(pairs)).ToArray();
        Check.That(list.Length > 0, nameof(pairs), "The mapping is empty");
        return Generic.Invoke<ValueMap>(OfRaw<int, int>, [Raw<TIn>(), Raw<TOut>()], Raw(list.Select(p => p.Key)),
            Raw(list.Select(p => p.Value)), asKeys);
    }

    internal static ValueMap OfVectors<TIn, TItem>(IEnumerable<KeyValuePair<TIn, TItem[]>> pairs)
    {
        var list = Check.NotNull(pairs, nameof(pairs)).ToArray();
        var vectors = list.Select(p => Raw(p.Value)).ToArray();
        return Generic.Invoke<ValueMap>(OfRawVectors<int, int>, [Raw<TIn>(), Raw<TItem>()], Raw(list.Select(p => p.Key)), vectors);
    }

    internal static ValueMap OfData(IDataView data, DataViewSchema.Column key, DataViewSchema.Column value)
    {
        if (key.Type is not PrimitiveDataViewType || value.Type is not PrimitiveDataViewType)
            throw Check.NotOffered("MapValue from a data view with columns that are no scalars");
        return Generic.Invoke<ValueMap>(OfColumns<int, int>, [key.Type.RawType, value.Type.RawType], data, key, value);
    }

    private static ValueMap OfColumns<TIn, TOut>(IDataView data, DataViewSchema.Column key, DataViewSchema.Column value)
    {
        var pairs = data.GetColumn<TIn>(key).Zip(data.GetColumn<TOut>(value), KeyValuePair.Create);
        return new ValueMap<TIn, TOut>(pairs, value.Type);
    }

    private static ValueMap OfRaw<TIn, TOut>(Array keys, Array values, bool asKeys)
    {
        var (ins, outs) = ((TIn[])keys, (TOut[])values);
        if (!asKeys)
            return new ValueMap<TIn, TOut>(ins.Zip(outs, KeyValuePair.Create), DataViewTypes.Primitive(typeof(TOut)));
        if (KeyDataViewType.IsValidDataType(typeof(TOut)))
            return new ValueMap<TIn, TOut>(ins.Zip(outs, KeyValuePair.Create),
                new KeyDataViewType(typeof(TOut), outs.Max(v => Convert.ToUInt64(v))));
        var keyMap = new KeyMap<TOut>(outs.Distinct(Values.Comparer<TOut>()));
        return new ValueMap<TIn, uint>(ins.Zip(outs, (i, o) => KeyValuePair.Create(i, keyMap.Keys[o])), keyMap.KeyType)
        {
            KeyValues = keyMap,
        };
    }

    private static ValueMap OfRawVectors<TIn, TItem>(Array keys, Array[] values) => new ValueMap<TIn, VBuffer<TItem>>(
        ((TIn[])keys).Zip(values, (k, v) => KeyValuePair.Create(k, ValueMap.Vector((TItem[])v))),
        new VectorDataViewType(DataViewTypes.Primitive(typeof(TItem))));

    private static Type Raw<T>() => DataViewTypes.Primitive(typeof(T)).RawType;

    private static Array Raw<T>(IEnumerable<T> values) => typeof(T) == typeof(string)
        ? values.Select(v => ((string)(object)v).AsMemory()).ToArray()
        : values.ToArray();
}
