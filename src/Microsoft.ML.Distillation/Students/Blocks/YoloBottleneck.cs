using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>YOLOv5's unit: a 1×1 and a 3×3 convolution of the same width, and the input added where the unit has a short cut.</summary>
internal sealed class YoloBottleneck : Block
{
    private readonly ConvNorm _cv1;
    private readonly ConvNorm _cv2;
    private readonly bool _adds;

    public YoloBottleneck(int channels, bool adds) : base(nameof(YoloBottleneck))
    {
        _adds = adds;
        _cv1 = YoloConv.Create(channels, channels, 1);
        _cv2 = YoloConv.Create(channels, channels, 3);
        register_module("cv1", _cv1);
        register_module("cv2", _cv2);
    }

    public override Tensor forward(Tensor input)
    {
        var inner = _cv2.call(_cv1.call(input));
        return _adds ? inner.add_(input) : inner;
    }

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path)
    {
        var inner = _cv2.WriteOnnx(graph, _cv1.WriteOnnx(graph, input, $"{path}.cv1"), $"{path}.cv2");
        return _adds ? graph.Add(inner, input, $"{path}.add") : inner;
    }
}
