using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Students.Blocks;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation;

/// <summary>
/// A bidirectional feature pyramid with a classifier on its deepest map: what <see cref="FeatureRefinement"/> trains beside the student. Maps N×c_i×H_i×W_i become
/// N×(width·c_i)×H_i×W_i, not below 0.
/// </summary>
internal sealed class FeaturePyramid : nn.Module<IReadOnlyList<Tensor>, ModelOutput>
{
    private readonly PyramidLayer[] _layers;
    private readonly Dense _fc;

    public FeaturePyramid(IReadOnlyList<MapShape> maps, int classes, int width, int depth, int repeats) : base(nameof(FeaturePyramid))
    {
        _layers = new PyramidLayer[repeats];
        for (var i = 0; i < repeats; i++)
        {
            _layers[i] = new PyramidLayer(maps, first: i == 0, width, depth);
            register_module($"layer{i}", _layers[i]);
        }
        _fc = new Dense(width * maps[^1].Channels, classes);
        register_module("fc", _fc);
    }

    public override ModelOutput forward(IReadOnlyList<Tensor> maps)
    {
        var refined = _layers.Aggregate(maps, (current, layer) => layer.call(current));
        var embedding = refined[^1].mean([2, 3]);
        return new ModelOutput(_fc.call(embedding), refined, embedding);
    }
}
