using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Blocks;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Detection;

/// <summary>
/// The feature pyramid of RetinaNet: 1×1 convolutions bring the backbone's last three maps to one width, each coarser map is doubled and added to the next finer
/// one, 3×3 convolutions give P3 to P5, and strided ones P6 from P5 and P7 from P6 behind a ReLU (Lin et al., "Feature pyramid networks", 2016,
/// https://arxiv.org/abs/1612.03144).
/// </summary>
internal sealed class PyramidNeck : DetectionNeck
{
    private readonly Conv[] _inner;
    private readonly Conv[] _outer;

    /// <param name="inputs">Channels of the backbone's last three maps, at strides 8, 16 and 32.</param>
    /// <param name="width">Channels of all maps given.</param>
    public PyramidNeck(int[] inputs, int width) : base(nameof(PyramidNeck))
    {
        _inner = [.. inputs.Select(c => new Conv(c, width, 1, 1, bias: true))];
        _outer = [.. Enumerable.Range(3, 5).Select(level => new Conv(width, width, 3, level > 5 ? 2 : 1, bias: true))];
        for (var i = 0; i < _inner.Length; i++)
            register_module($"inner{i + 3}", _inner[i]);
        for (var i = 0; i < _outer.Length; i++)
            register_module($"p{i + 3}", _outer[i]);
        Levels = [.. Enumerable.Range(3, 5).Select(level => new StageInfo($"p{level}", width, 1 << level))];
    }

    public override IReadOnlyList<StageInfo> Levels { get; }

    /// <summary>No BatchNorm follows: uniform and as large as the maps that come in, as published.</summary>
    public override (bool Normal, double Scale)? InitialScale(long[] shape) => (false, Math.Sqrt(3.0 / (shape[1] * shape[2] * shape[3])));

    public override IReadOnlyList<Tensor> forward(IReadOnlyList<Tensor> maps)
    {
        var inner5 = _inner[2].call(maps[^1]);
        var inner4 = _inner[1].call(maps[^2]).add_(Upsample.Apply(inner5));
        var inner3 = _inner[0].call(maps[^3]).add_(Upsample.Apply(inner4));
        var p5 = _outer[2].call(inner5);
        var p6 = _outer[3].call(p5);
        return [_outer[0].call(inner3), _outer[1].call(inner4), p5, p6, _outer[4].call(p6.relu())];
    }

    public override IReadOnlyList<string> WriteOnnx(OnnxGraphBuilder graph, IReadOnlyList<string> maps, string path)
    {
        var inner5 = Inner(5, maps[^1]);
        var inner4 = graph.Add(Inner(4, maps[^2]), graph.Double(inner5, $"{path}.up5"), $"{path}.sum4");
        var inner3 = graph.Add(Inner(3, maps[^3]), graph.Double(inner4, $"{path}.up4"), $"{path}.sum3");
        var p5 = Outer(5, inner5);
        var p6 = Outer(6, p5);
        return [Outer(3, inner3), Outer(4, inner4), p5, p6, Outer(7, graph.Relu(p6, $"{path}.relu6"))];

        string Inner(int level, string map) => _inner[level - 3].WriteOnnx(graph, map, $"{path}.inner{level}");
        string Outer(int level, string map) => _outer[level - 3].WriteOnnx(graph, map, $"{path}.p{level}");
    }
}
