using Microsoft.ML.Distillation.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

/// <summary>What a file holds ready, as tensors on the CPU: integers of any width as int64, real numbers as float32, truth values.</summary>
internal static class OnnxConstants
{
    /// <summary>Initialisers, and what nodes of type Constant hold, by name.</summary>
    public static Dictionary<string, TensorProto> Of(OnnxModelFile file)
    {
        var constants = new Dictionary<string, TensorProto>(file.Initializers, StringComparer.Ordinal);
        foreach (var node in file.Model.Graph.Node.Where(n => n.OpType == "Constant" && n.Output.Count > 0))
        {
            if (node.Attribute.Select(Value).OfType<TensorProto>().FirstOrDefault() is { } value)
                constants.TryAdd(node.Output[0], value);
        }
        return constants;
    }

    public static bool IsFloat(TensorProto constant) =>
        (OnnxElementType)constant.DataType is OnnxElementType.Float or OnnxElementType.Double or OnnxElementType.Float16 or OnnxElementType.BFloat16;

    /// <summary>Whether it is of a type that can be computed with here.</summary>
    public static bool IsKnown(TensorProto constant) =>
        IsFloat(constant) || (OnnxElementType)constant.DataType is OnnxElementType.Int64 or OnnxElementType.Int32 or OnnxElementType.Bool;

    public static Tensor Load(TensorProto constant, string source)
    {
        var shape = constant.Dims.ToArray();
        if (IsFloat(constant))
            return tensor(constant.ToFloats(source), shape);
        return (OnnxElementType)constant.DataType == OnnxElementType.Bool
            ? tensor(Truths(constant), shape).to(ScalarType.Bool)
            : tensor(constant.ToInt64s(source), shape);
    }

    private static long[] Truths(TensorProto constant) =>
        constant.HasRawData ? [.. constant.RawData.Select(value => (long)value)] : [.. constant.Int32Data.Select(value => (long)value)];

    private static TensorProto? Value(AttributeProto attribute) => attribute.Name switch
    {
        "value" => attribute.T,
        "value_float" => OnnxTensors.Create("", [attribute.F], []),
        "value_floats" => OnnxTensors.Create("", attribute.Floats.ToArray(), [attribute.Floats.Count]),
        "value_int" => OnnxTensors.Create("", (long[])[attribute.I], []),
        "value_ints" => OnnxTensors.Create("", attribute.Ints.ToArray(), [attribute.Ints.Count]),
        _ => null,
    };
}
