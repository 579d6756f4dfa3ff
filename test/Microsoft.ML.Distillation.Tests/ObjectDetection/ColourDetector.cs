using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Onnx;
using static Microsoft.ML.Distillation.Onnx.OnnxAttribute;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

/// <summary>A detector that was never trained: of each colour that is on the image it finds the smallest box around all its pixels.</summary>
internal static class ColourDetector
{
    public static readonly float[] Scores = [.9f, .8f, .7f];

    /// <summary>The graph of a saved pipeline.</summary>
    public static byte[] Graph(ImageSize size)
    {
        var graph = new OnnxGraphBuilder("colours");
        var image = graph.AddInput(ImagePreparation.PixelColumn, OnnxElementType.Float, 1, 3, size.Height, size.Width);
        var bright = graph.Cast(graph.AddNode("Greater", [image, graph.AddScalar("half", 127.5f)]), OnnxElementType.Float);
        var (left, right) = Span(graph, bright, over: 2);
        var (top, bottom) = Span(graph, bright, over: 3);
        var boxes = graph.Reshape(graph.Cast(graph.Concat([left, top, right, bottom], axis: 2), OnnxElementType.Float), [3, 4]);
        var present = graph.Reshape(graph.AddNode("ReduceMax", [bright], null, Ints("axes", [2, 3]), Int("keepdims", 0)), [3]);
        var classes = graph.Reshape(graph.AddNode("NonZero", [present]), [-1]);
        graph.AddOutput(DetectorChain.BoxColumn, graph.Reshape(graph.AddNode("Gather", [boxes, classes]), [1, -1]), OnnxElementType.Float, 1, "n4");
        graph.AddOutput(DetectorChain.ScoreColumn, graph.Reshape(graph.AddNode("Gather", [graph.AddConstant("scores", Scores), classes]), [1, -1]), OnnxElementType.Float, 1, "n");
        graph.AddOutput(DetectorChain.ClassColumn, graph.Reshape(classes, [1, -1]), OnnxElementType.Int64, 1, "n");
        return graph.ToBytes();
    }

    /// <summary>The first and past the last bright place of each colour along the axis that is left, 1×3×1 each.</summary>
    private static (string First, string End) Span(OnnxGraphBuilder graph, string bright, long over)
    {
        var line = graph.AddNode("ReduceMax", [bright], null, Ints("axes", [over]), Int("keepdims", 0));
        var last = graph.AddNode("ArgMax", [line], null, Int("axis", 2), Int("keepdims", 1), Int("select_last_index", 1));
        return (graph.AddNode("ArgMax", [line], null, Int("axis", 2), Int("keepdims", 1)), graph.Add(last, graph.AddConstant("one", 1L)));
    }
}
