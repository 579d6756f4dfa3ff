using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Blocks;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students;

/// <summary>A part of a network whose output is a feature map that methods may use.</summary>
/// <param name="Info">Its name, channels and stride.</param>
/// <param name="Block">What computes the map.</param>
/// <param name="Entry">What shrinks the previous stage's map first; it has no weights.</param>
internal sealed record Stage(StageInfo Info, Block Block, MaxPool? Entry = null);

/// <summary>
/// A classifier that is one stage after another, a head that turns the last map into the embedding, and a linear layer. Weights are named
/// <c>stage.…</c>, <c>head.…</c> and <c>fc.…</c>.
/// </summary>
internal sealed class StagedClassifier : ClassifierModule
{
    private readonly Stage[] _stages;
    private readonly Block _head;
    private readonly Dense _fc;

    /// <param name="name">Name of the architecture.</param>
    /// <param name="stages">The stages, shallowest first.</param>
    /// <param name="head">Last map N×C×H×W to embedding N×<paramref name="embeddingSize"/>.</param>
    /// <param name="embeddingSize">Length of the embedding.</param>
    /// <param name="classCount">Length of the logits.</param>
    public StagedClassifier(string name, Stage[] stages, Block head, int embeddingSize, int classCount) : base(name, classCount)
    {
        (_stages, _head, EmbeddingSize) = (stages, head, embeddingSize);
        _fc = new Dense(embeddingSize, classCount);
        foreach (var stage in stages)
            register_module(stage.Info.Name, stage.Block);
        register_module("head", head);
        register_module("fc", _fc);
        Stages = [.. stages.Select(s => s.Info)];
    }

    public override IReadOnlyList<StageInfo> Stages { get; }

    public override int EmbeddingSize { get; }

    public override ModelOutput forward(Tensor input)
    {
        var (features, before) = (new List<Tensor>(), new List<Tensor>());
        var map = input;
        foreach (var stage in _stages)
        {
            map = stage.Entry?.call(map) ?? map;
            if (KeepsPreActivations)
            {
                before.Add(stage.Block.Before(map));
                map = stage.Block.Last.Apply(before[^1]);
            }
            else
            {
                map = stage.Block.call(map);
            }
            features.Add(map);
        }
        var embedding = _head.call(map);
        return new ModelOutput(_fc.call(embedding), FloatMaps.Of(features), embedding) { PreActivations = FloatMaps.Of(before) };
    }

    public override OnnxNetwork WriteOnnx(OnnxGraphBuilder graph, string input)
    {
        var features = new List<string>();
        foreach (var stage in _stages)
        {
            input = stage.Entry?.WriteOnnx(graph, input, $"{stage.Info.Name}.entry") ?? input;
            input = stage.Block.WriteOnnx(graph, input, stage.Info.Name);
            features.Add(input);
        }
        var embedding = _head.WriteOnnx(graph, input, "head");
        return new OnnxNetwork(_fc.WriteOnnx(graph, embedding, "fc"), features, embedding);
    }
}
