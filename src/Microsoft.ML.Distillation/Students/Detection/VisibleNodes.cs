using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Students.Detection;

using static OnnxAttribute;

/// <summary>What of a detector's boxes lies within its input, as ONNX nodes.</summary>
internal static class VisibleNodes
{
    /// <param name="boxes">Corners, …×4.</param>
    /// <returns>The boxes cut off at the input's edges; one that lies outside keeps no area.</returns>
    public static string Cut(OnnxGraphBuilder graph, string boxes, ImageSize input)
    {
        var above = graph.AddNode("Max", [boxes, graph.AddScalar("edge", 0)]);
        return graph.AddNode("Min", [above, graph.AddConstant("edges", input.Width, (float)input.Height, input.Width, input.Height)], "inside");
    }

    /// <param name="boxes">N×M×4, corners.</param>
    /// <param name="scores">N×M×C, 0…1.</param>
    /// <returns>The scores, and 0 for boxes that lie outside: none is found there.</returns>
    public static string Scores(OnnxGraphBuilder graph, string boxes, string scores, ImageSize input)
    {
        using var scope = graph.EnterScope("visible");
        var cut = Cut(graph, boxes, input);
        var sides = graph.AddNode("Sub", [Corner(2), Corner(0)], "sides");
        var seen = graph.AddNode("Greater", [graph.AddNode("ReduceMin", [sides], null, Ints("axes", [2]), Int("keepdims", 1)), graph.AddScalar("none", 0)]);
        return graph.Mul(scores, graph.Cast(seen, OnnxElementType.Float), "scores");

        string Corner(long first) => graph.Gather(cut, [first, first + 1], 2, "corner");
    }
}
