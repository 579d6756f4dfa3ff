using Microsoft.ML.Distillation.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

using static OnnxOperators;

/// <summary>Operators on numbers one by one: sums and products, comparisons, conditions, types.</summary>
internal static class OnnxArithmetic
{
    public static readonly IReadOnlyDictionary<string, Func<OnnxNode, OnnxOperator>> All = new Dictionary<string, Func<OnnxNode, OnnxOperator>>(StringComparer.Ordinal)
    {
        ["Identity"] = _ => x => x[0]!.alias(),
        ["Dropout"] = _ => x => x[0]!.alias(),
        ["Cast"] = Cast,
        ["Exp"] = _ => x => x[0]!.exp(),
        ["Log"] = _ => x => x[0]!.log(),
        ["Sqrt"] = _ => x => x[0]!.sqrt(),
        ["Reciprocal"] = _ => x => x[0]!.reciprocal(),
        ["Erf"] = _ => x => x[0]!.erf(),
        ["Sin"] = _ => x => x[0]!.sin(),
        ["Cos"] = _ => x => x[0]!.cos(),
        ["Neg"] = _ => x => x[0]!.neg(),
        ["Abs"] = _ => x => x[0]!.abs(),
        ["Sign"] = _ => x => x[0]!.sign(),
        ["Floor"] = _ => x => x[0]!.floor(),
        ["Ceil"] = _ => x => x[0]!.ceil(),
        ["Round"] = _ => x => x[0]!.round(),
        ["IsNaN"] = _ => x => x[0]!.isnan(),
        ["Not"] = _ => x => x[0]!.logical_not(),
        ["Add"] = _ => x => x[0]! + x[1]!,
        ["Sub"] = _ => x => x[0]! - x[1]!,
        ["Mul"] = _ => x => x[0]! * x[1]!,
        ["Div"] = _ => x => Quotient(x[0]!, x[1]!),
        ["Mod"] = Mod,
        ["Pow"] = _ => x => x[0]!.pow(x[1]!.to(x[0]!.dtype)),
        ["Sum"] = _ => x => Sum(x),
        ["Mean"] = _ => x => Sum(x) / x.Count,
        ["Max"] = _ => x => x.Skip(1).Aggregate(x[0]!.alias(), (most, other) => most.maximum(other!)),
        ["Min"] = _ => x => x.Skip(1).Aggregate(x[0]!.alias(), (least, other) => least.minimum(other!)),
        ["Equal"] = _ => x => x[0]!.eq(x[1]!),
        ["Greater"] = _ => x => x[0]!.gt(x[1]!),
        ["GreaterOrEqual"] = _ => x => x[0]!.ge(x[1]!),
        ["Less"] = _ => x => x[0]!.lt(x[1]!),
        ["LessOrEqual"] = _ => x => x[0]!.le(x[1]!),
        ["And"] = _ => x => x[0]!.logical_and(x[1]!),
        ["Or"] = _ => x => x[0]!.logical_or(x[1]!),
        ["Xor"] = _ => x => x[0]!.logical_xor(x[1]!),
        ["Where"] = _ => x => Choose(x[0]!, x[1]!, x[2]!),
    };

    private static Tensor Sum(IReadOnlyList<Tensor?> x) => x.Skip(1).Aggregate(x[0]!.alias(), (sum, other) => sum + other!);

    /// <summary>Floats stay what they are: a graph that computes in 16 or 64 bits is computed in 32.</summary>
    private static OnnxOperator Cast(OnnxNode node) => (OnnxElementType)node.Int("to") switch
    {
        OnnxElementType.Float or OnnxElementType.Float16 or OnnxElementType.BFloat16 or OnnxElementType.Double => x => x[0]!.to(ScalarType.Float32).alias(),
        OnnxElementType.Int64 or OnnxElementType.Int32 => x => x[0]!.to(ScalarType.Int64).alias(),
        OnnxElementType.Bool => x => x[0]!.to(ScalarType.Bool).alias(),
        var type => throw node.Unsupported($"the type {type}"),
    };

    private static Tensor Choose(Tensor condition, Tensor yes, Tensor no)
    {
        var (a, b) = Alike(yes, no);
        return where(condition, a, b);
    }

    private static Tensor Quotient(Tensor a, Tensor b) => a.dtype == ScalarType.Int64 && b.dtype == ScalarType.Int64 ? a.div(b, RoundingMode.trunc) : a / b;

    /// <summary>The remainder has the divisor's sign, or the dividend's where the node says so.</summary>
    private static OnnxOperator Mod(OnnxNode node)
    {
        if (node.Int("fmod") == 0)
            return x => x[0]!.remainder(x[1]!);
        return x => x[0]! - x[1]! * x[0]!.div(x[1]!, RoundingMode.trunc);
    }
}
