using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.OnnxModules;

using static OnnxOperators;

/// <summary>Operators that shift and scale numbers by their mean and variance.</summary>
internal static class OnnxNormalizations
{
    private const float UsualEpsilon = 1e-5f;

    public static readonly IReadOnlyDictionary<string, Func<OnnxNode, OnnxOperator>> All = new Dictionary<string, Func<OnnxNode, OnnxOperator>>(StringComparer.Ordinal)
    {
        ["BatchNormalization"] = BatchNormalization,
        ["LayerNormalization"] = LayerNormalization,
        ["InstanceNormalization"] = InstanceNormalization,
    };

    private static OnnxOperator BatchNormalization(OnnxNode node)
    {
        if (node.Int("training_mode") != 0)
            throw node.Unsupported("statistics of the batch");
        var epsilon = node.Float("epsilon", UsualEpsilon);
        // ONNX states the share of the old statistics, in 32 bits; TorchSharp takes that of the batch's, in 64.
        var momentum = Math.Round(1 - (double)node.Float("momentum", .9f), 6);
        return x => nn.functional.batch_norm(x[0]!, x[3]!, x[4]!, x[1]!, x[2]!, node.IsTraining, momentum, epsilon);
    }

    private static OnnxOperator LayerNormalization(OnnxNode node)
    {
        var (axis, epsilon) = (node.Int("axis", -1), node.Float("epsilon", UsualEpsilon));
        return x =>
        {
            var map = Wide(x[0]!);
            var shape = map.shape[(int)Axis(axis, map.dim())..];
            // Scale and shift may be broadcast, by ONNX's rules.
            return nn.functional.layer_norm(map, shape, x[1]!.broadcast_to(shape), Input(x, 2)?.broadcast_to(shape)!, epsilon);
        };
    }

    /// <summary>A layer's normalisation of each channel by itself.</summary>
    private static OnnxOperator InstanceNormalization(OnnxNode node)
    {
        var epsilon = node.Float("epsilon", UsualEpsilon);
        return x =>
        {
            var map = Wide(x[0]!);
            var (shape, flat) = (map.shape, map.reshape(map.shape[0], map.shape[1], -1));
            var normal = nn.functional.layer_norm(flat, [flat.shape[2]], null!, null!, epsilon);
            return (normal * x[1]!.reshape(-1, 1) + x[2]!.reshape(-1, 1)).reshape(shape);
        };
    }
}
