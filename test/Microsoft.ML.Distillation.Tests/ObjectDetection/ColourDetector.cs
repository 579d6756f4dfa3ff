using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Detection;
using static Microsoft.ML.Distillation.Onnx.OnnxAttribute;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

/// <summary>A detector that was never trained: of each colour that is on the image it finds the smallest box around all its pixels.</summary>
internal static class ColourDetector
{
    public static readonly float[] Scores = [.9f, .8f, .7f];

    /// <summary>The graph of a saved pipeline.</summary>
    public static byte[] Graph(ImageSize size) => DetectorGraph.WithInputSize(WithoutInputSize(size), size);

    /// <summary>What a student's exporter would write.</summary>
    public static byte[] WithoutInputSize(ImageSize size)
    {
        var graph = new OnnxGraphBuilder("colours");
        var image = graph.AddInput(ImagePreparation.PixelColumn, OnnxElementType.Float, 1, 3, size.Height, size.Width);
        var bright = graph.Cast(graph.AddNode("Greater", [image, graph.AddScalar("half", 127.5f)]), OnnxElementType.Float);
        var (left, right) = Span(graph, bright, over: 2);
        var (top, bottom) = Span(graph, bright, over: 3);
        var boxes = graph.Cast(graph.Concat([left, top, right, bottom], axis: 2), OnnxElementType.Float);
        var present = graph.Reshape(graph.AddNode("ReduceMax", [bright], null, Ints("axes", [2, 3]), Int("keepdims", 0)), [0, 3, 1]);
        // Each colour has a place and a class of its own.
        var scores = graph.Mul(present, graph.AddInitializer("scores", [Scores[0], 0, 0, 0, Scores[1], 0, 0, 0, Scores[2]], 3, 3));
        var found = SuppressionNodes.Write(graph, boxes, scores, new Suppression { ScoreThreshold = .5f, IouThreshold = 1, Maximum = 3 });
        DetectorExporter.AddOutputs(graph, found, new(DetectorChain.BoxColumn, DetectorChain.ScoreColumn, DetectorChain.ClassColumn));
        return graph.ToBytes();
    }

    /// <summary>The first and past the last bright place of each colour along the axis that is left, N×3×1 each.</summary>
    private static (string First, string End) Span(OnnxGraphBuilder graph, string bright, long over)
    {
        var line = graph.AddNode("ReduceMax", [bright], null, Ints("axes", [over]), Int("keepdims", 0));
        var last = graph.AddNode("ArgMax", [line], null, Int("axis", 2), Int("keepdims", 1), Int("select_last_index", 1));
        return (graph.AddNode("ArgMax", [line], null, Int("axis", 2), Int("keepdims", 1)), graph.Add(last, graph.AddConstant("one", 1L)));
    }
}
