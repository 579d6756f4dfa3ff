using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>The mean over space, N×C×H×W → N×C.</summary>
internal sealed class GlobalPool() : Block(nameof(GlobalPool))
{
    public override Tensor forward(Tensor input) => input.mean([2, 3]);

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path) =>
        graph.Flatten(graph.GlobalAveragePool(input, name: $"{path}.pool"), name: path);
}
