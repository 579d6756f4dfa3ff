using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>3×3 convolutions with biases, a ReLU after each but the last: a head that all levels of a detector share.</summary>
internal sealed class ConvTower : Block
{
    private readonly Conv[] _convolutions;

    /// <param name="width">Channels in, and in between.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="depth">Convolutions that keep the width, ahead of the last.</param>
    public ConvTower(int width, int outputs, int depth) : base(nameof(ConvTower))
    {
        _convolutions = [.. Enumerable.Range(0, depth + 1).Select(i => new Conv(width, i < depth ? width : outputs, 3, 1, bias: true))];
        for (var i = 0; i < _convolutions.Length; i++)
            register_module($"{i}", _convolutions[i]);
    }

    public override Tensor forward(Tensor input) => Convolve([input])[0];

    /// <summary>The same tower over several maps of one type.</summary>
    public IReadOnlyList<Tensor> Convolve(IReadOnlyList<Tensor> maps) =>
        _convolutions[^1].Convolve(_convolutions.SkipLast(1).Aggregate(maps, (inner, convolution) => [.. convolution.Convolve(inner).Select(map => map.relu_())]));

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path) => WriteOnnx(graph, [input], path)[0];

    /// <summary>The same tower over several maps; its weights are in the graph once.</summary>
    public IReadOnlyList<string> WriteOnnx(OnnxGraphBuilder graph, IReadOnlyList<string> inputs, string path)
    {
        for (var i = 0; i < _convolutions.Length; i++)
        {
            inputs = _convolutions[i].WriteOnnx(graph, inputs, $"{path}.{i}");
            if (i < _convolutions.Length - 1)
                inputs = [.. inputs.Select(map => graph.Relu(map, $"{path}.{i}.relu"))];
        }
        return inputs;
    }
}
