using Microsoft.ML.Distillation.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>A fully connected layer with bias, N×inputs → N×outputs.</summary>
internal sealed class Dense : Block
{
    public Dense(int inputs, int outputs) : base(nameof(Dense))
    {
        register_parameter("weight", new Parameter(zeros([outputs, inputs])));
        register_parameter("bias", new Parameter(zeros(outputs)));
    }

    public override Tensor forward(Tensor input) => nn.functional.linear(input, get_parameter("weight"), get_parameter("bias"));

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path) => graph.Gemm(
        input, graph.AddInitializer($"{path}.weight", get_parameter("weight")), graph.AddInitializer($"{path}.bias", get_parameter("bias")), transB: true, name: path);
}
