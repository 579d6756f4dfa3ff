using System;
using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms.Onnx;

/// <summary>From ONNX's element types (TensorProto.DataType) to data view types.</summary>
internal static class OnnxElementTypes
{
    internal static PrimitiveDataViewType ToDataView(int elementType, string name) => elementType switch
    {
        1 => NumberDataViewType.Single,
        2 => NumberDataViewType.Byte,
        3 => NumberDataViewType.SByte,
        4 => NumberDataViewType.UInt16,
        5 => NumberDataViewType.Int16,
        6 => NumberDataViewType.Int32,
        7 => NumberDataViewType.Int64,
        8 => TextDataViewType.Instance,
        9 => BooleanDataViewType.Instance,
        11 => NumberDataViewType.Double,
        12 => NumberDataViewType.UInt32,
        13 => NumberDataViewType.UInt64,
        _ => throw new InvalidOperationException(
            $"Unsupported ONNX scalar type {elementType} of '{name}'. Columns hold numbers of 8 to 64 bits, float, double, bool and text: add a Cast to the graph."),
    };

    /// <summary>The type of an output column, known without running the model.</summary>
    internal static DataViewType ToColumn(OnnxDeclaration output, string name)
    {
        if (output.ElementType == 0)
            throw new NotSupportedException($"ONNX output '{name}' is a sequence or map; this build of Microsoft.ML.OnnxTransformer gives tensors only.");
        var item = ToDataView(output.ElementType, name);
        if (output.Dimensions is not { Length: > 0 } dimensions)
            return item;
        int[] adjusted = [.. dimensions];
        // Rows are scored one at a time, so an unknown batch is 1.
        if (adjusted[0] == 0)
            adjusted[0] = 1;
        return Array.IndexOf(adjusted, 0) < 0 ? new VectorDataViewType(item, adjusted) : new VectorDataViewType(item);
    }
}
