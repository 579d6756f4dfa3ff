using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Blocks;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students;

/// <summary>
/// The ResNets for small images of He et al. (2015), in the form the distillation literature compares on (RepDistiller's names):
/// a 3×3 stem, three groups of basic blocks at strides 1, 2, 4, global average pooling and one linear layer.
/// Depth is 6n + 2; "x4" forms are four times as wide.
/// </summary>
internal sealed class CifarResNet : ClassifierModule, INormalized
{
    private readonly Conv _conv1;
    private readonly BatchNorm _bn1;
    private readonly BlockList[] _layers;
    private readonly Dense _fc;

    /// <param name="depth">8, 14, 20, …: 6n + 2.</param>
    /// <param name="widths">Channels of the stem and of the three groups.</param>
    /// <param name="classCount">Length of the logits.</param>
    public CifarResNet(int depth, int[] widths, int classCount) : base(nameof(CifarResNet), classCount)
    {
        var blocks = (depth - 2) / 6;
        _conv1 = new Conv(3, widths[0], 3, 1);
        _bn1 = new BatchNorm(widths[0]);
        _layers = [Group(widths[0], widths[1], 1, blocks), Group(widths[1], widths[2], 2, blocks), Group(widths[2], widths[3], 2, blocks)];
        _fc = new Dense(widths[3], classCount);
        register_module("conv1", _conv1);
        register_module("bn1", _bn1);
        for (var i = 0; i < _layers.Length; i++)
            register_module($"layer{i + 1}", _layers[i]);
        register_module("fc", _fc);
        Stages = [new("conv1", widths[0], 1), new("layer1", widths[1], 1), new("layer2", widths[2], 2), new("layer3", widths[3], 4)];
    }

    public override IReadOnlyList<StageInfo> Stages { get; }

    public IEnumerable<(Conv Convolution, BatchNorm Norm)> Normalized => [(_conv1, _bn1)];

    public override int EmbeddingSize => Stages[^1].Channels;

    public override ModelOutput forward(Tensor input)
    {
        var (features, before) = (new List<Tensor>(), new List<Tensor>());
        AddStage(_bn1.call(_conv1.call(input)));
        foreach (var layer in _layers)
            AddStage(layer.Before(features[^1]));
        var embedding = GlobalPool.Apply(features[^1]);
        return new ModelOutput(_fc.call(embedding), FloatMaps.Of(features), embedding) { PreActivations = FloatMaps.Of(before) };

        void AddStage(Tensor map)
        {
            if (KeepsPreActivations)
                before.Add(map);
            features.Add(KeepsPreActivations ? map.relu() : map.relu_());
        }
    }

    public override OnnxNetwork WriteOnnx(OnnxGraphBuilder graph, string input)
    {
        var features = new List<string> { graph.Relu(_bn1.WriteOnnx(graph, _conv1.WriteOnnx(graph, input, "conv1"), "bn1"), name: "relu1") };
        for (var i = 0; i < _layers.Length; i++)
            features.Add(_layers[i].WriteOnnx(graph, features[^1], $"layer{i + 1}"));
        var embedding = graph.Flatten(graph.GlobalAveragePool(features[^1], name: "pool"), name: "embedding");
        return new OnnxNetwork(_fc.WriteOnnx(graph, embedding, "fc"), features, embedding);
    }

    private static BlockList Group(int inputs, int outputs, int stride, int count) =>
        new([.. Enumerable.Range(0, count).Select(i => new BasicBlock(i == 0 ? inputs : outputs, outputs, i == 0 ? stride : 1))]);
}
