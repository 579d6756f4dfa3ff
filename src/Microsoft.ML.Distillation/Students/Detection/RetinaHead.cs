using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Blocks;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Detection;

/// <summary>
/// RetinaNet's two heads, the same at all levels: four 3×3 convolutions with ReLU and one without. Of an anchor at (x, y) of w×h, the outputs d stand for a box
/// with its centre at (x + d_x·w, y + d_y·h), of width w·e^d_w and height h·e^d_h; a class's score is σ of its logit.
/// </summary>
internal sealed class RetinaHead : DetectionHead
{
    private const int Depth = 4;
    private const double Prior = .01;
    private readonly ConvTower _classes;
    private readonly ConvTower _boxes;

    /// <summary>A box is at most so many times as wide or high as its anchor; without a limit one wild logit would be infinite.</summary>
    private static readonly float s_limit = (float)Math.Log(1000.0 / 16);

    public RetinaHead(int width, int classCount, AnchorSet anchors) : base(nameof(RetinaHead), classCount, anchors)
    {
        _classes = new ConvTower(width, anchors.PerCell * classCount, Depth);
        _boxes = new ConvTower(width, anchors.PerCell * 4, Depth);
        register_module("classes", _classes);
        register_module("boxes", _boxes);
    }

    public override IReadOnlyList<DetectorLevel> forward(IReadOnlyList<Tensor> maps) =>
        [.. _boxes.Convolve(maps).Zip(_classes.Convolve(maps), (boxes, classes) => new DetectorLevel(Apart(boxes, 4), null, Apart(classes, ClassCount)))];

    public override (Tensor Boxes, Tensor Scores) Decode(DetectorLevel level, int index)
    {
        var sizes = Sizes(level.Boxes, index);
        var centres = level.Boxes.narrow(-1, 0, 2) * sizes + Places(level.Boxes, index, 0);
        var halves = level.Boxes.narrow(-1, 2, 2).clamp_max(s_limit).exp() * sizes * .5;
        return (Corners(centres, halves), level.Classes.sigmoid().flatten(1, 3));
    }

    /// <summary>The weights are in the graph once, whatever the number of levels.</summary>
    public override IReadOnlyList<IReadOnlyList<HeadValue>> WriteOnnx(OnnxGraphBuilder graph, IReadOnlyList<string> maps, ImageSize image, string path)
    {
        var boxes = _boxes.WriteOnnx(graph, maps, $"{path}.boxes");
        var classes = _classes.WriteOnnx(graph, maps, $"{path}.classes");
        return
        [
            .. maps.Select((_, i) => new[]
            {
                new HeadValue("boxes", Apart(graph, boxes[i], 4, i, image, $"{path}.boxes.{Anchors.Strides[i]}"), 4),
                new HeadValue("classes", Apart(graph, classes[i], ClassCount, i, image, $"{path}.classes.{Anchors.Strides[i]}"), ClassCount),
            }),
        ];
    }

    public override (string Boxes, string Scores) WriteDecoding(OnnxGraphBuilder graph, IReadOnlyList<HeadValue> level, int index, ImageSize image)
    {
        var (sizes, deltas) = (Sizes(graph, index), level[0].Value);
        var centres = graph.Add(graph.Mul(Part(graph, deltas, 0, 2), sizes), Places(graph, index, image, 0));
        var factors = graph.AddNode("Exp", [graph.Clip(Part(graph, deltas, 2, 4), null, s_limit)]);
        var halves = graph.Mul(graph.Mul(factors, sizes), graph.AddScalar("half", .5f));
        return (Corners(graph, centres, halves), graph.Reshape(graph.Sigmoid(level[1].Value), [0, -1, ClassCount], "scores"));
    }

    /// <summary>Normal of deviation .01, as published.</summary>
    public override (bool Normal, double Scale)? InitialScale(long[] shape) => (true, .01);

    /// <summary>As published: one anchor in a hundred holds a class.</summary>
    public override void SetPriors() => _classes.get_parameter($"{Depth}.bias").fill_(-Math.Log((1 - Prior) / Prior));

    public override HeadRows? RowsByClass(string weight) =>
        weight.StartsWith($"classes.{Depth}.", StringComparison.Ordinal) ? new HeadRows(Anchors.PerCell, 0) : null;
}
