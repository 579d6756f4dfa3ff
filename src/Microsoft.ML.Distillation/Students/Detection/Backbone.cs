using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Detection;

/// <summary>Stages one after another; gives the map after each of them.</summary>
internal sealed class Backbone : nn.Module<Tensor, IReadOnlyList<Tensor>>
{
    private readonly Stage[] _stages;

    public Backbone(Stage[] stages) : base(nameof(Backbone))
    {
        _stages = stages;
        foreach (var stage in stages)
            register_module(stage.Info.Name, stage.Block);
    }

    public IReadOnlyList<StageInfo> Stages => [.. _stages.Select(s => s.Info)];

    public override IReadOnlyList<Tensor> forward(Tensor input)
    {
        var maps = new List<Tensor>();
        foreach (var stage in _stages)
        {
            input = stage.Block.call(stage.Entry?.call(input) ?? input);
            maps.Add(input);
        }
        return maps;
    }

    public IReadOnlyList<string> WriteOnnx(OnnxGraphBuilder graph, string input, string path)
    {
        var maps = new List<string>();
        foreach (var stage in _stages)
        {
            input = stage.Entry?.WriteOnnx(graph, input, $"{path}.{stage.Info.Name}.entry") ?? input;
            input = stage.Block.WriteOnnx(graph, input, $"{path}.{stage.Info.Name}");
            maps.Add(input);
        }
        return maps;
    }
}
