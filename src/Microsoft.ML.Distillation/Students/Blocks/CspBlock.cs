using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Blocks;

/// <summary>
/// YOLOv5's "C3": half of the channels go through units one after another, half past them, and a 1×1 convolution joins both (after Wang et al., "CSPNet",
/// 2019, https://arxiv.org/abs/1911.11929).
/// </summary>
internal sealed class CspBlock : Block
{
    private readonly ConvNorm _cv1;
    private readonly ConvNorm _cv2;
    private readonly ConvNorm _cv3;
    private readonly BlockList _units;

    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out; even.</param>
    /// <param name="count">Units.</param>
    /// <param name="adds">Whether units have short cuts.</param>
    public CspBlock(int inputs, int outputs, int count, bool adds) : base(nameof(CspBlock))
    {
        var half = outputs / 2;
        _cv1 = YoloConv.Create(inputs, half, 1);
        _cv2 = YoloConv.Create(inputs, half, 1);
        _cv3 = YoloConv.Create(2 * half, outputs, 1);
        _units = new BlockList([.. Enumerable.Range(0, count).Select(_ => new YoloBottleneck(half, adds))]);
        register_module("cv1", _cv1);
        register_module("cv2", _cv2);
        register_module("cv3", _cv3);
        register_module("m", _units);
    }

    public override Tensor forward(Tensor input) => _cv3.call(cat([_units.call(_cv1.call(input)), _cv2.call(input)], 1));

    public override string WriteOnnx(OnnxGraphBuilder graph, string input, string path)
    {
        var through = _units.WriteOnnx(graph, _cv1.WriteOnnx(graph, input, $"{path}.cv1"), $"{path}.m");
        var past = _cv2.WriteOnnx(graph, input, $"{path}.cv2");
        return _cv3.WriteOnnx(graph, graph.Concat([through, past], 1, $"{path}.cat"), $"{path}.cv3");
    }
}
