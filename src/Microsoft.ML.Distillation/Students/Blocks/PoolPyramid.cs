using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>
/// YOLOv5's "SPPF": a map beside its maxima over 5×5, 9×9 and 13×13 neighbours, got by pooling 5×5 three times over (after He et al., "Spatial pyramid
/// pooling", 2014, https://arxiv.org/abs/1406.4729).
/// </summary>
internal sealed class PoolPyramid : Block
{
    private readonly ConvNorm _cv1;
    private readonly ConvNorm _cv2;
    private readonly MaxPool _pool = new(5, 1);

    public PoolPyramid(int inputs, int outputs) : base(nameof(PoolPyramid))
    {
        _cv1 = YoloConv.Create(inputs, inputs / 2, 1);
        _cv2 = YoloConv.Create(inputs / 2 * 4, outputs, 1);
        register_module("cv1", _cv1);
        register_module("cv2", _cv2);
        register_module("pool", _pool);
    }

    public override Tensor forward(Tensor input)
    {
        var map = _cv1.call(input);
        var near = _pool.call(map);
        var wider = _pool.call(near);
        return _cv2.call(cat([map, near, wider, _pool.call(wider)], 1));
    }

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path)
    {
        var maps = new List<string> { _cv1.WriteOnnx(graph, input, $"{path}.cv1") };
        for (var i = 1; i <= 3; i++)
            maps.Add(_pool.WriteOnnx(graph, maps[^1], $"{path}.pool{i}"));
        return _cv2.WriteOnnx(graph, graph.Concat([.. maps], 1, $"{path}.cat"), $"{path}.cv2");
    }
}
