using System.Globalization;
using Google.Protobuf;
using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Students.Detection;

/// <summary>Names of the outputs of the graph inside a saved ML.NET model, for N images of which the one with the most boxes has n.</summary>
/// <param name="Boxes">x1, y1, x2, y2 of one box after another, N×4n.</param>
/// <param name="Scores">N×n, best first.</param>
/// <param name="Labels">Places in the list of classes, int64, N×n; −1 in places past an image's last box.</param>
internal sealed record DetectionNames(string Boxes, string Scores, string Labels);

/// <summary>An exported detector, and the names of what its network takes and gives.</summary>
/// <param name="Pixels">Normalised pixels, as the network takes them.</param>
internal sealed record TracedDetector(ModelProto Model, string Pixels, OnnxDetector Network);

/// <summary>Writes a trained detector as ONNX: scaling and normalisation inside, initialisers named as in <c>state_dict</c>. Boxes are in pixels of the graph's input.</summary>
internal static class DetectorExporter
{
    /// <summary>What the heads compute, for comparing and reading back: <c>raw_8</c>, or <c>boxes_8</c> and <c>classes_8</c>, and so on by stride, N×A×H×W×length; any N.</summary>
    public static byte[] Raw(DetectorModule module, StudentDescription description)
    {
        var graph = new OnnxGraphBuilder("detector");
        var (_, network) = WriteNetwork(graph, StudentExporter.AddImage(graph, description), module, description);
        for (var i = 0; i < network.Levels.Count; i++)
        {
            var cells = module.Anchors.Cells(i, description.StudentSize);
            foreach (var value in network.Levels[i])
            {
                graph.AddOutput(
                    $"{value.Kind}_{module.Anchors.Strides[i]}", value.Value, OnnxElementType.Float, "N", module.Anchors.PerCell, cells.Height, cells.Width, value.Length);
            }
        }
        return graph.ToBytes();
    }

    /// <summary>All boxes that the heads stand for, before any threshold: <c>boxes</c> N×M×4, corners, and <c>scores</c> N×M×C; any N.</summary>
    public static byte[] Decoded(DetectorModule module, StudentDescription description)
    {
        var graph = new OnnxGraphBuilder("detector");
        var (_, network) = WriteNetwork(graph, StudentExporter.AddImage(graph, description), module, description);
        var (boxes, scores) = WriteDecoded(graph, network, module, description);
        var count = Enumerable.Range(0, module.Anchors.Strides.Count).Sum(i => module.Anchors.Cells(i, description.StudentSize).Pixels) * module.Anchors.PerCell;
        graph.AddOutput("boxes", boxes, OnnxElementType.Float, "N", count, 4);
        graph.AddOutput("scores", scores, OnnxElementType.Float, "N", count, module.ClassCount);
        return graph.ToBytes();
    }

    /// <summary>
    /// The file a user keeps: input <c>image</c> N×3×H×W, RGB 0…255; outputs <c>boxes</c> N×K×4, <c>scores</c> N×K, best first, <c>labels</c> N×K and <c>count</c> N
    /// (int64 both): the first <c>count</c> places of a row hold what was found, the others zeros and label −1; any N.
    /// </summary>
    public static byte[] Standalone(DetectorModule module, StudentDescription description, Suppression suppression) => Traced(module, description, suppression).Model.ToByteArray();

    /// <summary>The same, and where in it the network is.</summary>
    public static TracedDetector Traced(DetectorModule module, StudentDescription description, Suppression suppression)
    {
        var graph = new OnnxGraphBuilder("detector");
        var (pixels, network) = WriteNetwork(graph, StudentExporter.AddImage(graph, description), module, description);
        var found = WriteDetections(graph, network, module, description, suppression);
        Describe(graph, suppression);
        graph.AddOutput("boxes", found.Boxes, OnnxElementType.Float, "N", suppression.Maximum, 4);
        graph.AddOutput("scores", found.Scores, OnnxElementType.Float, "N", suppression.Maximum);
        graph.AddOutput("labels", found.Labels, OnnxElementType.Int64, "N", suppression.Maximum);
        graph.AddOutput("count", found.Count, OnnxElementType.Int64, "N");
        return new TracedDetector(graph.Build(), pixels, network);
    }

    /// <summary>
    /// The graph inside a saved ML.NET model: one image, as ML.NET reads its shapes, and as many numbers as there are boxes, which may be none. It computes any number of images, each with as many
    /// places as the one with the most boxes fills.
    /// </summary>
    public static byte[] ForPipeline(DetectorModule module, StudentDescription description, Suppression suppression, string input, DetectionNames outputs)
    {
        var graph = new OnnxGraphBuilder("detector");
        var image = graph.AddInput(input, OnnxElementType.Float, 1, 3, description.StoredSize.Height, description.StoredSize.Width);
        var (_, network) = WriteNetwork(graph, image, module, description);
        AddOutputs(graph, WriteDetections(graph, network, module, description, suppression), outputs);
        return graph.ToBytes();
    }

    /// <summary>What was found as the outputs of the graph inside a saved ML.NET model.</summary>
    internal static void AddOutputs(OnnxGraphBuilder graph, OnnxDetections found, DetectionNames outputs)
    {
        var most = graph.AddNode("ReduceMax", [found.Count], "most", OnnxAttribute.Ints("axes", [0]), OnnxAttribute.Int("keepdims", 1));
        graph.AddOutput(outputs.Boxes, graph.Reshape(First(found.Boxes), [0, -1], "flat_boxes"), OnnxElementType.Float, 1, "n4");
        graph.AddOutput(outputs.Scores, First(found.Scores), OnnxElementType.Float, 1, "n");
        graph.AddOutput(outputs.Labels, First(found.Labels), OnnxElementType.Int64, 1, "n");

        string First(string x) => graph.AddNode("Slice", [x, graph.AddConstant("starts", 0L), most, graph.AddConstant("axes", 1L)]);
    }

    private static OnnxDetections WriteDetections(OnnxGraphBuilder graph, OnnxDetector network, DetectorModule module, StudentDescription description, Suppression suppression)
    {
        var (boxes, scores) = WriteDecoded(graph, network, module, description);
        var found = SuppressionNodes.Write(graph, boxes, VisibleNodes.Scores(graph, boxes, scores, description.StoredSize), suppression);
        return found with { Boxes = VisibleNodes.Cut(graph, found.Boxes, description.StoredSize) };
    }

    private static (string Boxes, string Scores) WriteDecoded(OnnxGraphBuilder graph, OnnxDetector network, DetectorModule module, StudentDescription description)
    {
        var (boxes, scores) = module.WriteDecoding(graph, network, description.StudentSize);
        var (from, to) = (description.StoredSize, description.StudentSize);
        if (from == to)
            return (boxes, scores);
        var (across, down) = ((float)from.Width / to.Width, (float)from.Height / to.Height);
        return (graph.Mul(boxes, graph.AddConstant("to_input", across, down, across, down), "input_boxes"), scores);
    }

    private static (string Pixels, OnnxDetector Network) WriteNetwork(OnnxGraphBuilder graph, string image, DetectorModule module, StudentDescription description)
    {
        DetectorFile.Describe(graph, module.Anchors);
        var pixels = StudentExporter.WriteInput(graph, image, description);
        return (pixels, module.WriteOnnx(graph, pixels, description.StudentSize));
    }

    private static void Describe(OnnxGraphBuilder graph, Suppression suppression)
    {
        string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        graph.AddMetadata("distillation.score_threshold", Text($"{suppression.ScoreThreshold}"));
        graph.AddMetadata("distillation.iou_threshold", Text($"{suppression.IouThreshold}"));
        graph.AddMetadata("distillation.maximum_per_class", Text($"{suppression.MaximumPerClass}"));
        graph.AddMetadata("distillation.maximum", Text($"{suppression.Maximum}"));
        graph.AddMetadata("distillation.input", "image: N×3×H×W, RGB, 0…255; resized as 'distillation.resizing' says; normalised inside.");
        graph.AddMetadata(
            "distillation.outputs",
            "boxes: N×K×4, x1 y1 x2 y2 in pixels of the input; scores: N×K, best first; labels: N×K, places in 'distillation.classes'; "
            + "count: N. The first count places of a row are boxes found, the others hold zeros and label -1.");
    }
}
