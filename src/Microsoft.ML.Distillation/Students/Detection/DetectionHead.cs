using Microsoft.ML.Distillation.Common;
using Microsoft.ML.Distillation.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Students.Detection;

/// <summary>One tensor that a head computes at a level, in a graph.</summary>
/// <param name="Kind">What the tensor holds: <c>raw</c>, <c>boxes</c>, <c>classes</c>.</param>
/// <param name="Value">Its name: N×A×H×W×<paramref name="Length"/>.</param>
internal sealed record HeadValue(string Kind, string Value, int Length);

/// <summary>Which rows of a head's weight belong to classes: in each of some groups a few rows that don't, then one a class.</summary>
internal sealed record HeadRows(int Groups, int Shared)
{
    /// <summary>Copies what all classes share, and the rows of some classes, each to its place.</summary>
    /// <param name="target">(Groups·(Shared + classes))×…</param>
    /// <param name="source">Likewise, of other classes.</param>
    public void Copy(Tensor target, Tensor source, IEnumerable<(int From, int To)> classes)
    {
        var (to, from) = (Grouped(target), Grouped(source));
        if (Shared > 0)
            to.narrow(1, 0, Shared).copy_(from.narrow(1, 0, Shared));
        foreach (var pair in classes)
            to.select(1, Shared + pair.To).copy_(from.select(1, Shared + pair.From));
    }

    private Tensor Grouped(Tensor weight) => weight.view([Groups, weight.shape[0] / Groups, .. weight.shape[1..]]);
}

/// <summary>Turns a neck's maps into boxes and classes, and knows how those are to be read.</summary>
internal abstract class DetectionHead(string name, int classCount, AnchorSet anchors) : nn.Module<IReadOnlyList<Tensor>, IReadOnlyList<DetectorLevel>>(name)
{
    public int ClassCount { get; } = classCount;

    public AnchorSet Anchors { get; } = anchors;

    /// <summary>The boxes and scores that a level's output stands for.</summary>
    /// <returns>N×(A·H·W)×4, corners x1, y1, x2, y2 in pixels of the network's input, and N×(A·H·W)×C in 0…1.</returns>
    public abstract (Tensor Boxes, Tensor Scores) Decode(DetectorLevel level, int index);

    /// <returns>For each level what it computes there, as in <see cref="DetectorLevel"/>.</returns>
    public abstract IReadOnlyList<IReadOnlyList<HeadValue>> WriteOnnx(OnnxGraphBuilder graph, IReadOnlyList<string> maps, ImageSize image, string path);

    /// <summary><see cref="Decode"/> in a graph.</summary>
    public abstract (string Boxes, string Scores) WriteDecoding(OnnxGraphBuilder graph, IReadOnlyList<HeadValue> level, int index, ImageSize image);

    /// <summary>Deviation or bound of a convolution's first weights, as published; null for those of all students.</summary>
    public abstract (bool Normal, double Scale)? InitialScale(long[] shape);

    /// <summary>Sets the biases so that before any training few boxes are believed to hold anything.</summary>
    public abstract void SetPriors();

    /// <param name="weight">A name in the head's own <c>state_dict</c>.</param>
    /// <returns>The rows by class; null where classes have no rows of their own.</returns>
    public abstract HeadRows? RowsByClass(string weight);

    /// <summary>N×(A·length)×H×W to N×A×H×W×length, in float32: losses begin here.</summary>
    protected Tensor Apart(Tensor map, int length) =>
        FloatMaps.Of(map).reshape(map.shape[0], Anchors.PerCell, length, map.shape[2], map.shape[3]).permute(0, 1, 3, 4, 2).contiguous();

    /// <inheritdoc cref="Apart(Tensor, int)"/>
    protected string Apart(OnnxGraphBuilder graph, string map, int length, int level, ImageSize image, string name)
    {
        var cells = Anchors.Cells(level, image);
        var shaped = graph.Reshape(map, [0, Anchors.PerCell, length, cells.Height, cells.Width], $"{name}.shaped");
        return graph.Transpose(shaped, [0, 1, 3, 4, 2], name);
    }

    /// <summary>Where a level's cells lie, 1×1×H×W×2.</summary>
    protected Tensor Places(Tensor like, int level, float offset)
    {
        var (height, width) = (like.shape[2], like.shape[3]);
        return tensor(Anchors.Places(level, new((int)width, (int)height), offset), [1, 1, height, width, 2]).to(like.dtype).to(like.device);
    }

    /// <inheritdoc cref="Places(Tensor, int, float)"/>
    protected string Places(OnnxGraphBuilder graph, int level, ImageSize image, float offset)
    {
        var cells = Anchors.Cells(level, image);
        return graph.AddInitializer($"decode/places_{Anchors.Strides[level]}", Anchors.Places(level, cells, offset), 1, 1, cells.Height, cells.Width, 2);
    }

    /// <summary>A level's anchors times a factor, 1×A×1×1×2.</summary>
    protected Tensor Sizes(Tensor like, int level, float factor = 1) =>
        tensor(Anchors.SizesOf(level, factor), [1, Anchors.PerCell, 1, 1, 2]).to(like.dtype).to(like.device);

    /// <inheritdoc cref="Sizes(Tensor, int, float)"/>
    protected string Sizes(OnnxGraphBuilder graph, int level, float factor = 1) =>
        graph.AddInitializer($"decode/sizes_{Anchors.Strides[level]}", Anchors.SizesOf(level, factor), 1, Anchors.PerCell, 1, 1, 2);

    /// <summary>Corners from centres and halves of widths and heights, N×A×H×W×2 each.</summary>
    protected static Tensor Corners(Tensor centres, Tensor halves) => cat([centres - halves, centres + halves], -1).flatten(1, 3);

    /// <inheritdoc cref="Corners(Tensor, Tensor)"/>
    protected static string Corners(OnnxGraphBuilder graph, string centres, string halves) =>
        graph.Reshape(graph.Concat([graph.Sub(centres, halves), graph.Add(centres, halves)], axis: 4), [0, -1, 4], "boxes");

    /// <summary>Part of the last axis of a tensor of five.</summary>
    protected static string Part(OnnxGraphBuilder graph, string x, long start, long end) => graph.Slice(x, [start], [end], axes: [4]);
}
