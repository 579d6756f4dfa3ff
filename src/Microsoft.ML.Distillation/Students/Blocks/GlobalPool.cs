using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>The mean over space, N×C×H×W → N×C, in float32: what comes behind is little work, and sums are not to be rounded.</summary>
internal sealed class GlobalPool() : Block(nameof(GlobalPool))
{
    public override Tensor forward(Tensor input) => Apply(input);

    public static Tensor Apply(Tensor map) => FloatMaps.Of(map).mean([2, 3]);

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path) =>
        graph.Flatten(graph.GlobalAveragePool(input, name: $"{path}.pool"), name: path);
}
