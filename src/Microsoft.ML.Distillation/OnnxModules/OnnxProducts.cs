using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

using static OnnxOperators;

/// <summary>Products of matrices, which are computed in float32.</summary>
internal static class OnnxProducts
{
    public static readonly IReadOnlyDictionary<string, Func<OnnxNode, OnnxOperator>> All = new Dictionary<string, Func<OnnxNode, OnnxOperator>>(StringComparer.Ordinal)
    {
        ["MatMul"] = _ => x => Wide(x[0]!).matmul(Wide(x[1]!)),
        ["Gemm"] = Gemm,
        ["Einsum"] = Einsum,
    };

    private static OnnxOperator Gemm(OnnxNode node)
    {
        var (alpha, beta, turnsA, turnsB) = (node.Float("alpha", 1), node.Float("beta", 1), node.Int("transA") != 0, node.Int("transB") != 0);
        if (turnsB && !turnsA && (alpha, beta) == (1, 1))
            return x => nn.functional.linear(Wide(x[0]!), x[1]!, Input(x, 2));
        return x =>
        {
            var (a, b) = (Wide(x[0]!), Wide(x[1]!));
            var product = (turnsA ? a.t() : a).matmul(turnsB ? b.t() : b);
            var scaled = alpha == 1 ? product : product * alpha;
            return Input(x, 2) is { } c ? scaled + (beta == 1 ? c : c * beta) : scaled;
        };
    }

    private static OnnxOperator Einsum(OnnxNode node)
    {
        var equation = node.Text("equation", "");
        return x => einsum(equation, [.. x.Select(factor => Wide(factor!))]);
    }
}
