using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Blocks;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// Brings a stage's feature map to the shape of the deepest one: a 3×3 convolution of stride 2 for each halving of its size, channels growing by the same
/// factor each time, every one followed by BatchNorm and ReLU; one 1×1 convolution where the size is the same.
/// </summary>
internal sealed class ExitBottleneck : Block
{
    private readonly List<(Conv Conv, BatchNorm Norm)> _layers = [];

    public ExitBottleneck(MapShape from, MapShape to) : base(nameof(ExitBottleneck))
    {
        var halvings = Halvings(from, to) ?? throw new ArgumentException($"{from} can't be halved to {to}.", nameof(to));
        var layers = Math.Max(1, halvings);
        var inputs = from.Channels;
        for (var i = 1; i <= layers; i++)
        {
            var outputs = (int)Math.Round(from.Channels * Math.Pow((double)to.Channels / from.Channels, (double)i / layers));
            var (conv, norm) = (halvings == 0 ? new Conv(inputs, outputs, 1, 1) : new Conv(inputs, outputs, 3, 2), new BatchNorm(outputs));
            register_module($"conv{i}", conv);
            register_module($"bn{i}", norm);
            _layers.Add((conv, norm));
            inputs = outputs;
        }
    }

    /// <summary>How often a map must be halved, rounding up, to have another's size; null where that never happens.</summary>
    public static int? Halvings(MapShape from, MapShape to)
    {
        var (height, width, count) = (from.Height, from.Width, 0);
        while ((height, width) != (to.Height, to.Width))
        {
            if (height < to.Height || width < to.Width || (height, width) == (1, 1))
                return null;
            (height, width, count) = ((height + 1) / 2, (width + 1) / 2, count + 1);
        }
        return count;
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
