using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

/// <summary>ONNX operators as TorchSharp's, by type. Each is made for a node once, before anything runs.</summary>
internal static class OnnxOperators
{
    private static readonly Dictionary<string, Func<OnnxNode, OnnxOperator>> _all = new(StringComparer.Ordinal)
    {
        ["Identity"] = _ => x => x[0]!.alias(),
        ["Dropout"] = _ => x => x[0]!.alias(),
        ["Cast"] = Cast,
        ["Relu"] = _ => x => x[0]!.relu(),
        ["Sigmoid"] = _ => x => x[0]!.sigmoid(),
        ["Tanh"] = _ => x => x[0]!.tanh(),
        ["Exp"] = _ => x => x[0]!.exp(),
        ["Log"] = _ => x => x[0]!.log(),
        ["Sqrt"] = _ => x => x[0]!.sqrt(),
        ["Erf"] = _ => x => x[0]!.erf(),
        ["Neg"] = _ => x => x[0]!.neg(),
        ["Abs"] = _ => x => x[0]!.abs(),
        ["HardSwish"] = _ => x => x[0]!.hardswish(),
        ["Softplus"] = _ => x => nn.functional.softplus(x[0]!),
        ["HardSigmoid"] = HardSigmoid,
        ["LeakyRelu"] = LeakyRelu,
        ["Clip"] = Clip,
        ["Softmax"] = node => OverAxis(node, (x, axis) => x.softmax(axis)),
        ["LogSoftmax"] = node => OverAxis(node, (x, axis) => x.log_softmax(axis)),
        ["Add"] = _ => x => x[0]! + x[1]!,
        ["Sub"] = _ => x => x[0]! - x[1]!,
        ["Mul"] = _ => x => x[0]! * x[1]!,
        ["Div"] = _ => x => Quotient(x[0]!, x[1]!),
        ["Pow"] = _ => x => x[0]!.pow(x[1]!.to(x[0]!.dtype)),
        ["Sum"] = _ => x => x.Skip(1).Aggregate(x[0]!.alias(), (sum, other) => sum + other!),
        ["Max"] = _ => x => x.Skip(1).Aggregate(x[0]!.alias(), (most, other) => most.maximum(other!)),
        ["Min"] = _ => x => x.Skip(1).Aggregate(x[0]!.alias(), (least, other) => least.minimum(other!)),
        ["MatMul"] = _ => x => Wide(x[0]!).matmul(Wide(x[1]!)),
        ["Gemm"] = Gemm,
        ["BatchNormalization"] = BatchNormalization,
        ["Conv"] = OnnxWindows.Conv,
        ["MaxPool"] = OnnxWindows.MaxPool,
        ["AveragePool"] = OnnxWindows.AveragePool,
        ["GlobalAveragePool"] = _ => x => Wide(x[0]!).mean(SpaceOf(x[0]!), keepdim: true),
        ["GlobalMaxPool"] = _ => x => x[0]!.amax(SpaceOf(x[0]!), keepdim: true),
        ["ReduceMean"] = node => OnnxShapes.Reduce(node, (x, axes, keep) => Wide(x).mean(axes, keep)),
        ["ReduceSum"] = node => OnnxShapes.Reduce(node, (x, axes, keep) => Wide(x).sum(axes, keep)),
        ["ReduceMax"] = node => OnnxShapes.Reduce(node, (x, axes, keep) => x.amax(axes, keep)),
        ["Flatten"] = OnnxShapes.Flatten,
        ["Reshape"] = OnnxShapes.Reshape,
        ["Transpose"] = OnnxShapes.Transpose,
        ["Concat"] = OnnxShapes.Concat,
        ["Slice"] = OnnxShapes.Slice,
        ["Gather"] = OnnxShapes.Gather,
        ["Squeeze"] = OnnxShapes.Squeeze,
        ["Unsqueeze"] = OnnxShapes.Unsqueeze,
        ["Pad"] = OnnxShapes.Pad,
        ["Resize"] = OnnxShapes.Resize,
        ["ConstantOfShape"] = OnnxShapes.ConstantOfShape,
        ["Shape"] = OnnxShapes.Shape,
    };

    /// <exception cref="NotSupportedException">It is not among them, or not in this form; the message names it.</exception>
    public static OnnxOperator Create(OnnxNode node) => _all.TryGetValue(node.Type, out var make) ? make(node) : throw new NotSupportedException(node.Type);

    /// <summary>What convolutions made in bfloat16, in float32; all else as it is.</summary>
    private static Tensor Wide(Tensor x) => x.dtype == ScalarType.BFloat16 ? x.to(ScalarType.Float32) : x;

    private static long[] SpaceOf(Tensor x) => [.. Enumerable.Range(2, (int)x.dim() - 2).Select(axis => (long)axis)];

    /// <summary>Floats stay what they are: a graph that computes in 16 bits is computed in 32.</summary>
    private static OnnxOperator Cast(OnnxNode node) => (Onnx.OnnxElementType)node.Int("to") switch
    {
        Onnx.OnnxElementType.Float or Onnx.OnnxElementType.Float16 or Onnx.OnnxElementType.BFloat16 => x => x[0]!.to(ScalarType.Float32).alias(),
        Onnx.OnnxElementType.Int64 => x => x[0]!.to(ScalarType.Int64).alias(),
        var type => throw node.Unsupported($"the type {type}"),
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

    private static OnnxOperator Clip(OnnxNode node)
    {
        var least = node.Has("min") ? node.Float("min", 0) : node.Number(1);
        var most = node.Has("max") ? node.Float("max", 0) : node.Number(2);
        Scalar? low = least is { } minimum ? minimum : null;
        Scalar? high = most is { } maximum ? maximum : null;
        if (low is null && high is null)
            return x => x[0]!.alias();
        return x => x[0]!.clamp(low, high);
    }

    /// <summary>Up to version 12, an axis stood for all from it on.</summary>
    private static OnnxOperator OverAxis(OnnxNode node, Func<Tensor, long, Tensor> function)
    {
        if (node.Opset >= 13)
        {
            var axis = node.Int("axis", -1);
            return x => function(x[0]!, axis);
        }
        var first = node.Int("axis", 1);
        return x => function(x[0]!.flatten(first), -1).reshape(x[0]!.shape);
    }

    private static Tensor Quotient(Tensor a, Tensor b) => a.dtype == ScalarType.Int64 && b.dtype == ScalarType.Int64 ? a.div(b, RoundingMode.trunc) : a / b;

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

    private static OnnxOperator BatchNormalization(OnnxNode node)
    {
        if (node.Int("training_mode") != 0)
            throw node.Unsupported("statistics of the batch");
        var epsilon = node.Float("epsilon", 1e-5f);
        // ONNX states the share of the old statistics, in 32 bits; TorchSharp takes that of the batch's, in 64.
        var momentum = Math.Round(1 - (double)node.Float("momentum", .9f), 6);
        return x => nn.functional.batch_norm(x[0]!, x[3]!, x[4]!, x[1]!, x[2]!, node.IsTraining, momentum, epsilon);
    }

    public static Tensor? Input(IReadOnlyList<Tensor?> inputs, int place) => inputs.Count > place ? inputs[place] : null;
}
