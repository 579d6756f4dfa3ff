using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Blocks;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Brings a stage's feature map to the shape of the deepest one: a 1×1 convolution to a quarter of the deepest map's channels, a 3×3 convolution of stride 2
/// for each halving of the size (one of stride 1 where there is none), and a 1×1 convolution to all channels, every one followed by BatchNorm and ReLU.
/// </summary>
internal sealed class ExitBottleneck : Block
{
    private const int Narrowing = 4;
    private readonly List<(Conv Conv, BatchNorm Norm)> _layers = [];

    public ExitBottleneck(MapShape from, MapShape to) : base(nameof(ExitBottleneck))
    {
        var halvings = from.HalvingsTo(to) ?? throw new ArgumentException($"{from} can't be halved to {to}.", nameof(to));
        var width = (to.Channels + Narrowing - 1) / Narrowing;
        Add(new Conv(from.Channels, width, 1, 1), width);
        for (var i = 0; i < Math.Max(1, halvings); i++)
            Add(new Conv(width, width, 3, halvings == 0 ? 1 : 2), width);
        Add(new Conv(width, to.Channels, 1, 1), to.Channels);

        void Add(Conv conv, int channels)
        {
            _layers.Add((conv, new BatchNorm(channels)));
            register_module($"conv{_layers.Count}", conv);
            register_module($"bn{_layers.Count}", _layers[^1].Norm);
        }
    }

    public override Tensor forward(Tensor input) => _layers.Aggregate(input, (x, layer) => layer.Norm.call(layer.Conv.call(x)).relu_());

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path)
    {
        for (var i = 0; i < _layers.Count; i++)
        {
            var map = _layers[i].Norm.WriteOnnx(graph, _layers[i].Conv.WriteOnnx(graph, input, $"{path}.conv{i + 1}"), $"{path}.bn{i + 1}");
            input = graph.Relu(map, name: $"{path}.relu{i + 1}");
        }
        return input;
    }
}
