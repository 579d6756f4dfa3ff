using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers.Layouts;

/// <summary>A YOLO student as other people's exporters would write it: pixels 0…1, no metadata, their forms of outputs.</summary>
internal static class YoloFiles
{
    public static readonly string[] NeckNames = ["neck0", "neck1", "neck2"];

    /// <param name="form"><c>decoded</c>: N×M×(5+C); <c>apart</c>: N×A×H×W×(5+C) by level; <c>together</c>: N×A·(5+C)×H×W by level.</param>
    public static byte[] Write(DetectorModule module, ImageSize size, string form)
    {
        var graph = new OnnxGraphBuilder("yolo");
        var image = graph.AddInput("images", OnnxElementType.Float, "N", 3, size.Height, size.Width);
        var network = module.WriteOnnx(graph, image, size);
        var decoded = new List<string>();
        for (var i = 0; i < network.Levels.Count; i++)
        {
            var (raw, length, cells) = (network.Levels[i][0].Value, network.Levels[i][0].Length, module.Anchors.Cells(i, size));
            if (form == "apart")
                graph.AddOutput($"out{i}", raw, OnnxElementType.Float, "N", 3, cells.Height, cells.Width, length);
            else if (form == "together")
                graph.AddOutput($"out{i}", graph.Reshape(graph.Transpose(raw, [0, 1, 4, 2, 3]), [0, 3 * length, cells.Height, cells.Width]), OnnxElementType.Float, "N", 3 * length, cells.Height, cells.Width);
            else
                decoded.Add(Decode(graph, module.Anchors, i, raw, length, cells));
        }
        if (decoded.Count > 0)
            graph.AddOutput("output", graph.Concat([.. decoded], 1), OnnxElementType.Float, "N", "M", module.ClassCount + 5);
        // Names that a test can know: a copy of each map, on the way to nowhere.
        foreach (var (name, map) in NeckNames.Zip(network.Neck))
            graph.AddNode("Relu", [graph.Sub(map, graph.AddScalar("zero", 0), name)], $"{name}.end");
        return graph.ToBytes();
    }

    private static string Decode(OnnxGraphBuilder graph, AnchorSet anchors, int level, string raw, int length, ImageSize cells)
    {
        var values = graph.Sigmoid(raw);
        var places = graph.AddInitializer($"places{level}", anchors.Places(level, cells, -.5f), 1, 1, cells.Height, cells.Width, 2);
        var sizes = graph.AddInitializer($"sizes{level}", anchors.SizesOf(level, 4), 1, anchors.PerCell, 1, 1, 2);
        var xy = graph.Add(graph.Mul(graph.Slice(values, [0], [2], [4]), graph.AddScalar("twice", 2 * anchors.Strides[level])), places);
        var wh = graph.Slice(values, [2], [4], [4]);
        return graph.Reshape(graph.Concat([xy, graph.Mul(graph.Mul(wh, wh), sizes), graph.Slice(values, [4], [length], [4])], 4), [0, -1, length]);
    }
}
