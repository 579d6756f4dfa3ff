using Microsoft.ML.Distillation.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>A fully connected layer with bias, N×inputs → N×outputs.</summary>
internal sealed class Dense : Block, IWeightedLayer
{
    private readonly LayerWeights _weights = new();

    public Dense(int inputs, int outputs) : base(nameof(Dense))
    {
        register_parameter("weight", new Parameter(zeros([outputs, inputs])));
        register_parameter("bias", new Parameter(zeros(outputs)));
    }

    public override Tensor forward(Tensor input) =>
        nn.functional.linear(input, _weights.For(input, "weight", get_parameter("weight")), _weights.For(input, "bias", get_parameter("bias")));

    public void KeepBFloat16()
    {
        _weights.KeepBFloat16("weight", get_parameter("weight"));
        _weights.KeepBFloat16("bias", get_parameter("bias"));
    }

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path) => graph.Gemm(
        input, graph.AddInitializer($"{path}.weight", get_parameter("weight")), graph.AddInitializer($"{path}.bias", get_parameter("bias")), transB: true, name: path);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _weights.Dispose();
        base.Dispose(disposing);
    }
}
