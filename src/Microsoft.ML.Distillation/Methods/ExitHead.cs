using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Blocks;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>A classifier on a stage's feature map, N×C×H×W → N×classes: a bottleneck where it has one, the mean over positions, a linear layer.</summary>
internal sealed class ExitHead : Block
{
    private readonly ExitBottleneck? _bottleneck;
    private readonly Dense _fc;

    /// <param name="channels">Channels of the map that the linear layer sees.</param>
    public ExitHead(ExitBottleneck? bottleneck, int channels, int classes) : base(nameof(ExitHead))
    {
        (_bottleneck, _fc) = (bottleneck, new Dense(channels, classes));
        if (bottleneck is not null)
            register_module("bottleneck", bottleneck);
        register_module("fc", _fc);
    }

    public override Tensor forward(Tensor input) => Run(input).Logits;

    /// <returns>Logits, and the map they were made from.</returns>
    public (Tensor Logits, Tensor Map) Run(Tensor features)
    {
        var map = _bottleneck?.call(features) ?? features;
        return (_fc.call(map.mean([2, 3])), map);
    }

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path)
    {
        var map = _bottleneck?.WriteOnnx(graph, input, $"{path}.bottleneck") ?? input;
        var embedding = graph.Flatten(graph.GlobalAveragePool(map, name: $"{path}.pool"), name: $"{path}.embedding");
        return _fc.WriteOnnx(graph, embedding, $"{path}.fc");
    }
}

/// <summary>A classifier that branches off a student before its end.</summary>
/// <param name="Stage">Place of its feature map in the student's.</param>
/// <param name="StageName">The stage's name.</param>
internal sealed record EarlyExit(int Stage, string StageName, ExitHead Head);

/// <summary>The heads of several exits as one module, named 0, 1, 2 …; it owns them.</summary>
internal sealed class ExitHeads : nn.Module
{
    public ExitHeads(IReadOnlyList<EarlyExit> exits) : base(nameof(ExitHeads))
    {
        for (var i = 0; i < exits.Count; i++)
            register_module($"{i}", exits[i].Head);
    }
}
