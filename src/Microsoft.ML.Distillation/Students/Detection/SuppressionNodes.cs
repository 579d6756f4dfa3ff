using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Students.Detection;

using static OnnxAttribute;

/// <summary>Names of what is left of an image's boxes: N×K×4, N×K, N×K (int64) and N (int64). Places past the count hold zeros, and label −1.</summary>
internal sealed record OnnxDetections(string Boxes, string Scores, string Labels, string Count);

/// <summary>
/// Score threshold, non-maximum suppression by class and the best K over all classes, as ONNX nodes. The boxes that are chosen come as one list for the batch; K
/// rows of no image are put behind it, so that there are always K to take, even where nothing was found, and no node ever meets fewer.
/// </summary>
internal static class SuppressionNodes
{
    /// <param name="boxes">N×M×4, corners.</param>
    /// <param name="scores">N×M×C, 0…1.</param>
    public static OnnxDetections Write(OnnxGraphBuilder graph, string boxes, string scores, Suppression settings)
    {
        settings.Check();
        using var scope = graph.EnterScope("suppression");
        var byClass = graph.Transpose(scores, [0, 2, 1], "by_class");
        var chosen = graph.AddNode(
            "NonMaxSuppression",
            [boxes, byClass, graph.AddConstant("per_class", settings.MaximumPerClass), graph.AddConstant("iou", settings.IouThreshold), graph.AddConstant("score", settings.ScoreThreshold)],
            "chosen");
        var list = List(graph, chosen, graph.AddNode("GatherND", [byClass, chosen], "chosen_scores"), settings.Maximum);

        // Scores of an image's own boxes, and −1 for those of other images: the best K of each row.
        var images = graph.AddNode("Shape", [boxes], "images", Int("start", 0), Int("end", 1));
        var numbers = graph.AddNode("Range", [Scalar(graph, "zero", 0), graph.AddNode("Squeeze", [images]), Scalar(graph, "one", 1)], "image_numbers");
        var own = graph.AddNode("Equal", [list.Images, Unsqueezed(graph, numbers, 1)], "own");
        var ranked = graph.AddNode("Where", [own, list.Scores, graph.AddScalar("nobody", -1)], "ranked");
        var best = graph.AddNode("TopK", [ranked, graph.AddConstant("k", settings.Maximum)], outputs: 2, "best", Int("axis", 1));
        return Read(graph, boxes, list, best[0], best[1]);
    }

    /// <summary>The chosen boxes and K more, by part: images 1×(S+K), classes and places S+K, scores S+K.</summary>
    private static (string Images, string Classes, string Places, string Scores) List(OnnxGraphBuilder graph, string chosen, string scores, int k)
    {
        var nobody = graph.AddInitializer("suppression/nobody_chosen", [.. Enumerable.Range(0, k).SelectMany(_ => new long[] { -1, 0, 0 })], k, 3);
        var parts = graph.Transpose(graph.Concat([chosen, nobody], 0), [1, 0], "list");
        var padded = graph.Concat([scores, graph.AddConstant("no_scores", new float[k])], 0, "list_scores");
        return (graph.Gather(parts, [0], 0, "list_images"), Column(1, "list_classes"), Column(2, "list_places"), padded);

        string Column(long index, string name) => graph.Reshape(graph.Gather(parts, [index], 0), [-1], name);
    }

    private static OnnxDetections Read(
        OnnxGraphBuilder graph, string boxes, (string Images, string Classes, string Places, string Scores) list, string ranked, string rows)
    {
        var found = graph.AddNode("Greater", [ranked, graph.AddScalar("half", -.5f)], "found");
        var places = graph.AddNode("Gather", [list.Places, rows], "places", Int("axis", 0));
        var corners = graph.AddNode("GatherND", [boxes, Unsqueezed(graph, places, -1)], "corners", Int("batch_dims", 1));
        var classes = graph.AddNode("Gather", [list.Classes, rows], "classes", Int("axis", 0));
        var none = graph.AddScalar("none", 0);
        return new OnnxDetections(
            graph.AddNode("Where", [Unsqueezed(graph, found, -1), corners, none], "boxes"),
            graph.AddNode("Where", [found, ranked, none], "scores"),
            graph.AddNode("Where", [found, classes, Scalar(graph, "no_class", -1)], "labels"),
            graph.AddNode("ReduceSum", [graph.Cast(found, OnnxElementType.Int64), graph.AddConstant("axes", 1L)], "count", Int("keepdims", 0)));
    }

    private static string Unsqueezed(OnnxGraphBuilder graph, string x, long axis) => graph.AddNode("Unsqueeze", [x, graph.AddConstant("axes", axis)]);

    private static string Scalar(OnnxGraphBuilder graph, string name, long value) => graph.AddInitializer($"suppression/{name}", [value], []);
}
