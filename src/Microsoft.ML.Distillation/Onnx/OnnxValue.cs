using System.Globalization;

namespace Microsoft.ML.Distillation.Onnx;

/// <summary>One axis of a shape: a size, a symbol such as "N", or neither when the model doesn't say.</summary>
internal readonly record struct OnnxDimension(long? Size, string? Symbol)
{
    public static implicit operator OnnxDimension(long size) => new(size, null);

    public static implicit operator OnnxDimension(string symbol) => new(null, symbol);

    public override string ToString() => Size?.ToString(CultureInfo.InvariantCulture) ?? Symbol ?? "?";
}

/// <summary>An input or an output. <paramref name="Dimensions"/> is null when the model leaves even the number of axes open.</summary>
internal sealed record OnnxValue(string Name, OnnxElementType ElementType, IReadOnlyList<OnnxDimension>? Dimensions)
{
    public override string ToString() => $"'{Name}' ({ElementType} {ShapeText(Dimensions)})";

    /// <summary>Whether a tensor of this shape may be bound to the value: same number of axes, same size wherever one is given.</summary>
    public bool Accepts(ReadOnlySpan<long> shape)
    {
        if (Dimensions is null)
            return true;
        if (shape.Length != Dimensions.Count)
            return false;
        for (var axis = 0; axis < shape.Length; axis++)
        {
            if (Dimensions[axis].Size is { } size && size != shape[axis])
                return false;
        }
        return true;
    }

    public static string ShapeText(IReadOnlyList<OnnxDimension>? dimensions) => dimensions switch
    {
        null => "of unknown shape",
        { Count: 0 } => "scalar",
        _ => string.Join('×', dimensions),
    };

    public static string ShapeText(ReadOnlySpan<long> shape) => shape.IsEmpty ? "scalar" : string.Join('×', shape.ToArray());

    public ValueInfoProto ToProto()
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)ElementType };
        if (Dimensions is not null)
            tensor.Shape = new TensorShapeProto { Dim = { Dimensions.Select(ToProto) } };
        return new ValueInfoProto { Name = Name, Type = new TypeProto { TensorType = tensor } };
    }

    public static OnnxValue FromProto(ValueInfoProto info)
    {
        var tensor = info.Type?.TensorType;
        return new OnnxValue(info.Name, (OnnxElementType)(tensor?.ElemType ?? 0), tensor?.Shape?.Dim.Select(FromProto).ToArray());
    }

    private static TensorShapeProto.Types.Dimension ToProto(OnnxDimension dimension)
    {
        var proto = new TensorShapeProto.Types.Dimension();
        if (dimension.Size is { } size)
            proto.DimValue = size;
        else if (dimension.Symbol is { } symbol)
            proto.DimParam = symbol;
        return proto;
    }

    private static OnnxDimension FromProto(TensorShapeProto.Types.Dimension dimension) => dimension.ValueCase switch
    {
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue => dimension.DimValue,
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam when dimension.DimParam.Length > 0 => dimension.DimParam,
        _ => default,
    };
}
