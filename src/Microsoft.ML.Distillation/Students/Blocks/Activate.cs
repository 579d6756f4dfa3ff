using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>An activation as a block of its own. It may overwrite what it is given, so that nothing else may need that.</summary>
internal sealed class Activate(Activation activation) : Block(nameof(Activate))
{
    public override Activation Last => activation;

    public override Tensor forward(Tensor input) => activation.Overwrite(input);

    public override Tensor Before(Tensor input) => input;

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path) => activation.WriteOnnx(graph, input, path);
}
