using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Teachers;

/// <summary>
/// Which tensor is the vector before the classifier where nobody says: walking back from the scores through operators without weights, what the last layer with weights
/// (Gemm, MatMul, 1×1 convolution) is given. Where a pooling comes first, nothing with weights follows the vector: it is what is pooled (a backbone, or a network that scores every place).
/// </summary>
internal static class OnnxEmbeddingChoice
{
    private static readonly HashSet<string> Layers =
        ["Gemm", "MatMul", "Conv", "QLinearMatMul", "QLinearConv", "QGemm", "MatMulInteger", "ConvInteger", "FusedMatMul", "FusedGemm", "FusedConv"];

    private static readonly HashSet<string> Poolings = ["GlobalAveragePool", "GlobalMaxPool", "AveragePool", "MaxPool", "ReduceMean", "ReduceMax"];

    /// <returns>The tensor's name; null where the walk ends at a branch or at the image.</returns>
    public static string? Choose(OnnxDataFlow flow, string output)
    {
        var name = output;
        while (flow.Maker(name) is { } node)
        {
            if (Poolings.Contains(node.OpType))
                return name;
            var inputs = flow.CarriedInputs(node).ToList();
            if (inputs.Count != 1)
                return null;
            name = inputs[0];
            if (Layers.Contains(node.OpType))
                return flow.Maker(name) is null ? null : name;
        }
        return null;
    }
}
