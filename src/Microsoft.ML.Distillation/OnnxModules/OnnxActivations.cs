using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

using static OnnxOperators;

/// <summary>Activations: functions of one number, and softmax.</summary>
internal static class OnnxActivations
{
    // Of the paper, as ONNX has them: Klambauer et al., "Self-Normalizing Neural Networks", 2017.
    private const float SeluAlpha = 1.67326319217681884765625f, SeluGamma = 1.05070102214813232421875f;

    public static readonly IReadOnlyDictionary<string, Func<OnnxNode, OnnxOperator>> All = new Dictionary<string, Func<OnnxNode, OnnxOperator>>(StringComparer.Ordinal)
    {
        ["Relu"] = _ => x => x[0]!.relu(),
        ["Sigmoid"] = _ => x => x[0]!.sigmoid(),
        ["Tanh"] = _ => x => x[0]!.tanh(),
        ["HardSwish"] = _ => x => x[0]!.hardswish(),
        ["Softplus"] = _ => x => nn.functional.softplus(x[0]!),
        ["Softsign"] = _ => x => x[0]! / (x[0]!.abs() + 1),
        ["Mish"] = _ => x => x[0]! * nn.functional.softplus(x[0]!).tanh(),
        ["HardSigmoid"] = HardSigmoid,
        ["LeakyRelu"] = LeakyRelu,
        ["PRelu"] = _ => x => Broken(x[0]!, x[1]! * x[0]!),
        ["Elu"] = node => Elu(node.Float("alpha", 1), 1),
        ["Selu"] = node => Elu(node.Float("alpha", SeluAlpha), node.Float("gamma", SeluGamma)),
        ["Gelu"] = Gelu,
        ["Clip"] = Clip,
        ["Softmax"] = node => OverAxis(node, (x, axis) => x.softmax(axis)),
        ["LogSoftmax"] = node => OverAxis(node, (x, axis) => x.log_softmax(axis)),
    };

    private static OnnxOperator HardSigmoid(OnnxNode node)
    {
        var (alpha, beta) = (node.Float("alpha", .2f), node.Float("beta", .5f));
        return x => (x[0]! * alpha + beta).clamp((Scalar)0, (Scalar)1);
    }

    private static OnnxOperator LeakyRelu(OnnxNode node)
    {
        var alpha = node.Float("alpha", .01f);
        return x => x[0]!.leaky_relu(alpha);
    }

    /// <summary>Above zero the number itself, else the other.</summary>
    private static Tensor Broken(Tensor x, Tensor below)
    {
        var (above, other) = Alike(x, below);
        return where(x.gt((Scalar)0), above, other);
    }

    // What is above zero is kept from the exponential, whose infinity would make its gradient no number.
    private static OnnxOperator Elu(float alpha, float gamma) => x => Broken(x[0]!, x[0]!.clamp_max(0).expm1() * alpha) * gamma;

    private static OnnxOperator Gelu(OnnxNode node) => node.Text("approximate", "none") switch
    {
        "none" => x => x[0]!.gelu(),
        "tanh" => x => x[0]! * .5f * (((x[0]! + x[0]!.pow((Scalar)3) * .044715f) * MathF.Sqrt(2 / MathF.PI)).tanh() + 1),
        var other => throw node.Unsupported($"approximate {other}"),
    };

    private static OnnxOperator Clip(OnnxNode node)
    {
        if (node.IsComputed(1) || node.IsComputed(2))
            return ClipToComputed;
        var (low, high) = (Limit(node, "min", 1), Limit(node, "max", 2));
        if (low is null && high is null)
            return x => x[0]!.alias();
        return x => x[0]!.clamp(low, high);
    }

    private static Tensor ClipToComputed(IReadOnlyList<Tensor?> x)
    {
        var low = x[1] is { } least ? x[0]!.maximum(least) : x[0]!.alias();
        return Input(x, 2) is { } most ? low.minimum(most) : low;
    }

    /// <summary>Shapes that a graph computes are clipped too, and stay integers.</summary>
    private static Scalar? Limit(OnnxNode node, string attribute, int input)
    {
        if (node.Integer(input) is { } whole)
            return whole;
        return (node.Has(attribute) ? node.Float(attribute, 0) : node.Number(input)) is { } limit ? limit : null;
    }

    /// <summary>Up to version 12, an axis stood for all from it on.</summary>
    private static OnnxOperator OverAxis(OnnxNode node, Func<Tensor, long, Tensor> function)
    {
        if (node.Opset >= 13)
        {
            var axis = node.Int("axis", -1);
            return x => function(Wide(x[0]!), axis);
        }
        var first = node.Int("axis", 1);
        return x => function(Wide(x[0]!).flatten(first), -1).reshape(x[0]!.shape);
    }
}
