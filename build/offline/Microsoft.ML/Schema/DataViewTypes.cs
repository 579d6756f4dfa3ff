using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>From .NET types to data view types and back.</summary>
internal static class DataViewTypes
{
    private static readonly PrimitiveDataViewType[] _known =
    [
        BooleanDataViewType.Instance, TextDataViewType.Instance, DateTimeDataViewType.Instance, DateTimeOffsetDataViewType.Instance,
        TimeSpanDataViewType.Instance, RowIdDataViewType.Instance,
        NumberDataViewType.SByte, NumberDataViewType.Int16, NumberDataViewType.Int32, NumberDataViewType.Int64,
        NumberDataViewType.Byte, NumberDataViewType.UInt16, NumberDataViewType.UInt32, NumberDataViewType.UInt64,
        NumberDataViewType.Single, NumberDataViewType.Double,
    ];

    private static readonly Dictionary<Type, PrimitiveDataViewType> _byRawType = _known.ToDictionary(t => t.RawType);

    internal static PrimitiveDataViewType PrimitiveOrNull(Type type) =>
        type == typeof(string) ? TextDataViewType.Instance : _byRawType.GetValueOrDefault(type);

    internal static PrimitiveDataViewType Primitive(Type type) =>
        PrimitiveOrNull(type) ?? throw new InvalidOperationException($"There is no primitive data view type for {type}");

    internal static PrimitiveDataViewType FromKind(DataKind kind) => kind == DataKind.String
        ? TextDataViewType.Instance
        : _known.FirstOrDefault(t => t.RawType.Name == kind.ToString())
            ?? throw Check.Param(nameof(kind), $"There is no data view type for DataKind {kind}");

    internal static PrimitiveDataViewType ByName(string name) =>
        _known.FirstOrDefault(t => (t is TextDataViewType ? nameof(String) : t.RawType.Name) == name)
        ?? throw new FormatException($"The model file names an unknown data view type '{name}'");

    /// <summary>A vector's item type; a scalar's own type.</summary>
    internal static DataViewType ItemType(this DataViewType type) => type is VectorDataViewType vector ? vector.ItemType : type;

    /// <summary>The type with its item type replaced, its shape kept.</summary>
    internal static DataViewType WithItemType(this DataViewType type, PrimitiveDataViewType item) =>
        type is VectorDataViewType vector ? new VectorDataViewType(item, vector.Dimensions) : item;

    /// <summary>The type a key has without its being a key.</summary>
    internal static DataViewType WithoutKey(this DataViewType type) => type is KeyDataViewType key ? Primitive(key.RawType) : type;
}
