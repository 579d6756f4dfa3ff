using Microsoft.ML.Distillation.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

/// <summary>Operators that look at nothing but sizes, or make tensors of them. Their results are on the CPU, where shapes and places are computed.</summary>
internal static class OnnxSizes
{
    public static readonly IReadOnlyDictionary<string, Func<OnnxNode, OnnxOperator>> All = new Dictionary<string, Func<OnnxNode, OnnxOperator>>(StringComparer.Ordinal)
    {
        ["Shape"] = Shape,
        ["Size"] = _ => x => tensor(x[0]!.numel()),
        ["ConstantOfShape"] = ConstantOfShape,
        ["Range"] = Range,
    };

    /// <summary>Whether an operator looks at nothing but the sizes of what it is given.</summary>
    public static bool LooksAtSizesAlone(string type) => type is "Shape" or "Size";

    /// <summary>From version 15 on, a part of it may be asked for.</summary>
    private static OnnxOperator Shape(OnnxNode node)
    {
        var (start, end) = (node.Int("start"), node.Int("end", long.MaxValue));
        return inputs =>
        {
            var shape = inputs[0]!.shape;
            var (first, behind) = (Place(start, shape.Length), Place(end, shape.Length));
            return tensor(first < behind ? shape[first..behind] : []);
        };

        static int Place(long axis, int axes) => (int)Math.Clamp(axis < 0 ? axis + axes : axis, 0, axes);
    }

    private static OnnxOperator ConstantOfShape(OnnxNode node)
    {
        var shape = node.Integers(0)!;
        if (node.Value("value") is not { } value)
            return inputs => zeros(shape(inputs), ScalarType.Float32);
        if (value.ElementCount() != 1 || !OnnxConstants.IsKnown(value))
            throw node.Unsupported($"the type {(OnnxElementType)value.DataType}");
        return inputs => OnnxConstants.Load(value, node.Type).reshape(Array.Empty<long>()).broadcast_to(shape(inputs)).contiguous();
    }

    private static OnnxOperator Range(OnnxNode node)
    {
        for (var input = 0; input < 3; input++)
            node.ReadsAhead(input);
        return inputs =>
        {
            var (start, limit, step) = (Number(inputs[0]!), Number(inputs[1]!), Number(inputs[2]!));
            var count = (long)Math.Max(0, Math.Ceiling((limit - start) / step));
            var numbers = arange((Scalar)count, ScalarType.Float64, CPU) * step + start;
            return numbers.to(inputs[0]!.dtype);
        };

        static double Number(Tensor x) => x.cpu().to(ScalarType.Float64).item<double>();
    }
}
