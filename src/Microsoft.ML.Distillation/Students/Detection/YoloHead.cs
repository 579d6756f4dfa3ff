using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Blocks;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Detection;

/// <summary>
/// YOLOv5's heads: a 1×1 convolution a level. Of a cell (c, r) of stride s, the outputs t of an anchor stand for a box with its centre at
/// (2σ(t_x) − ½ + c)·s, (2σ(t_y) − ½ + r)·s, of width (2σ(t_w))²·anchor and height likewise; a class's score is σ(objectness)·σ(class).
/// </summary>
internal sealed class YoloHead : DetectionHead
{
    private const int Shared = 5; // x, y, w, h, objectness
    private const float Offset = -.5f;
    private readonly Conv[] _convolutions;

    /// <param name="channels">Channels of the neck's map at each level.</param>
    public YoloHead(int[] channels, int classCount, AnchorSet anchors) : base(nameof(YoloHead), classCount, anchors)
    {
        _convolutions = [.. channels.Select(c => new Conv(c, anchors.PerCell * (Shared + classCount), 1, 1, bias: true))];
        for (var i = 0; i < _convolutions.Length; i++)
            register_module($"{i}", _convolutions[i]);
    }

    private int Length => Shared + ClassCount;

    public override IReadOnlyList<DetectorLevel> forward(IReadOnlyList<Tensor> maps) =>
        [.. _convolutions.Select((convolution, i) => DetectorLevel.FromRaw(Apart(convolution.call(maps[i]), Length)))];

    public override (Tensor Boxes, Tensor Scores) Decode(DetectorLevel level, int index)
    {
        var values = level.Raw!.sigmoid();
        var centres = values.narrow(-1, 0, 2) * (2 * Anchors.Strides[index]) + Places(values, index, Offset);
        var halves = values.narrow(-1, 2, 2).square() * Sizes(values, index, 2);
        return (Corners(centres, halves), (values.narrow(-1, 4, 1) * values.narrow(-1, Shared, ClassCount)).flatten(1, 3));
    }

    public override IReadOnlyList<IReadOnlyList<HeadValue>> WriteOnnx(OnnxGraphBuilder graph, IReadOnlyList<string> maps, ImageSize image, string path) =>
    [
        .. _convolutions.Select((convolution, i) =>
        {
            var map = convolution.WriteOnnx(graph, maps[i], $"{path}.{i}");
            return new[] { new HeadValue("raw", Apart(graph, map, Length, i, image, $"{path}.{i}.raw"), Length) };
        }),
    ];

    public override (string Boxes, string Scores) WriteDecoding(OnnxGraphBuilder graph, IReadOnlyList<HeadValue> level, int index, ImageSize image)
    {
        var values = graph.Sigmoid(level[0].Value);
        var scaled = graph.Mul(Part(graph, values, 0, 2), graph.AddScalar("twice", 2 * Anchors.Strides[index]));
        var sizes = Part(graph, values, 2, 4);
        var halves = graph.Mul(graph.Mul(sizes, sizes), Sizes(graph, index, 2));
        var scores = graph.Mul(Part(graph, values, 4, Shared), Part(graph, values, Shared, Length));
        return (Corners(graph, graph.Add(scaled, Places(graph, index, image, Offset)), halves), graph.Reshape(scores, [0, -1, ClassCount], "scores"));
    }

    /// <summary>No BatchNorm follows: uniform by the inputs, as published.</summary>
    public override (bool Normal, double Scale)? InitialScale(long[] shape) => (false, 1 / Math.Sqrt(shape[1] * shape[2] * shape[3]));

    /// <summary>As published: eight objects on an image of 640 pixels, and a class as likely as any other, at .6 in all.</summary>
    public override void SetPriors()
    {
        for (var level = 0; level < _convolutions.Length; level++)
        {
            var cells = 640.0 / Anchors.Strides[level];
            var row = Enumerable.Repeat((float)Math.Log(.6 / (ClassCount - .99999)), Length).ToArray();
            row.AsSpan(0, 4).Clear();
            row[4] = (float)Math.Log(8 / (cells * cells));
            var bias = _convolutions[level].get_parameter("bias");
            bias.copy_(tensor(Enumerable.Repeat(row, Anchors.PerCell).SelectMany(r => r).ToArray()));
        }
    }

    public override HeadRows? RowsByClass(string weight) => new(Anchors.PerCell, Shared);
}
