using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Blocks;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Detection;

/// <summary>
/// YOLOv5's neck: down from the coarsest map to the finest, doubling sizes, and back up, halving them; at each step the maps that meet are put side by side
/// (after Liu et al., "Path aggregation network", 2018, https://arxiv.org/abs/1803.01534).
/// </summary>
internal sealed class PathAggregation : DetectionNeck
{
    private readonly ConvNorm _reduce5;
    private readonly CspBlock _merge4;
    private readonly ConvNorm _reduce4;
    private readonly CspBlock _out3;
    private readonly ConvNorm _down3;
    private readonly CspBlock _out4;
    private readonly ConvNorm _down4;
    private readonly CspBlock _out5;

    /// <param name="c3">Channels of the backbone's map at stride 8, and of the map given there.</param>
    /// <param name="c4">The same at stride 16.</param>
    /// <param name="c5">The same at stride 32.</param>
    /// <param name="units">Units in each block; they have no short cuts.</param>
    public PathAggregation(int c3, int c4, int c5, int units) : base(nameof(PathAggregation))
    {
        _reduce5 = YoloConv.Create(c5, c4, 1);
        _merge4 = new CspBlock(2 * c4, c4, units, adds: false);
        _reduce4 = YoloConv.Create(c4, c3, 1);
        _out3 = new CspBlock(2 * c3, c3, units, adds: false);
        _down3 = YoloConv.Create(c3, c3, 3, 2);
        _out4 = new CspBlock(2 * c3, c4, units, adds: false);
        _down4 = YoloConv.Create(c4, c4, 3, 2);
        _out5 = new CspBlock(2 * c4, c5, units, adds: false);
        register_module("reduce5", _reduce5);
        register_module("merge4", _merge4);
        register_module("reduce4", _reduce4);
        register_module("out3", _out3);
        register_module("down3", _down3);
        register_module("out4", _out4);
        register_module("down4", _down4);
        register_module("out5", _out5);
        Levels = [new("out3", c3, 8), new("out4", c4, 16), new("out5", c5, 32)];
    }

    public override IReadOnlyList<StageInfo> Levels { get; }

    public override IReadOnlyList<Tensor> forward(IReadOnlyList<Tensor> maps)
    {
        var five = _reduce5.call(maps[^1]);
        var four = _reduce4.call(_merge4.call(cat([Upsample.Apply(five), maps[^2]], 1)));
        var out3 = _out3.call(cat([Upsample.Apply(four), maps[^3]], 1));
        var out4 = _out4.call(cat([_down3.call(out3), four], 1));
        return [out3, out4, _out5.call(cat([_down4.call(out4), five], 1))];
    }

    public override IReadOnlyList<string> WriteOnnx(OnnxGraphBuilder graph, IReadOnlyList<string> maps, string path)
    {
        var five = _reduce5.WriteOnnx(graph, maps[^1], $"{path}.reduce5");
        var merged = _merge4.WriteOnnx(graph, Joined(graph.Double(five, $"{path}.up5"), maps[^2], "cat4"), $"{path}.merge4");
        var four = _reduce4.WriteOnnx(graph, merged, $"{path}.reduce4");
        var out3 = _out3.WriteOnnx(graph, Joined(graph.Double(four, $"{path}.up4"), maps[^3], "cat3"), $"{path}.out3");
        var out4 = _out4.WriteOnnx(graph, Joined(_down3.WriteOnnx(graph, out3, $"{path}.down3"), four, "back4"), $"{path}.out4");
        return [out3, out4, _out5.WriteOnnx(graph, Joined(_down4.WriteOnnx(graph, out4, $"{path}.down4"), five, "back5"), $"{path}.out5")];

        string Joined(string a, string b, string name) => graph.Concat([a, b], 1, $"{path}.{name}");
    }
}
