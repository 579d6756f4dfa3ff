using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using Microsoft.ML.Distillation.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers.Layouts;

using static OnnxAttribute;

/// <summary>An output of a <see cref="Sketch"/>.</summary>
/// <param name="Values">For one image.</param>
/// <param name="Shape">For one image.</param>
/// <param name="IsScore">Which of the values are multiplied by the brightness of the image.</param>
internal sealed record Drawing(string Name, float[] Values, long[] Shape, Func<int, bool>? IsScore = null, bool Integers = false);

/// <summary>An ONNX detector that finds the same in every image, the surer the brighter the image is: scores are what is written times the mean of the network's input.</summary>
internal sealed class Sketch(params Drawing[] drawings)
{
    public ImageSize Size { get; init; } = new(32, 32);

    /// <summary>The batch axis; null for a network that takes one image without it.</summary>
    public OnnxDimension? Batch { get; init; } = "N";

    public bool ChannelsLast { get; init; }

    /// <summary>Whether height and width are open.</summary>
    public bool AnySize { get; init; }

    public Dictionary<string, string> Metadata { get; init; } = [];

    /// <summary>What becomes of the image before all else.</summary>
    public Func<OnnxGraphBuilder, string, string> Head { get; init; } = (_, image) => image;

    public byte[] ToBytes()
    {
        var graph = new OnnxGraphBuilder("detector");
        OnnxDimension[] sides = AnySize ? ["H", "W"] : [Size.Height, Size.Width];
        OnnxDimension[] image = ChannelsLast ? [.. sides, 3] : [3, .. sides];
        var input = Head(graph, graph.AddInput("image", OnnxElementType.Float, Batch is { } batch ? [batch, .. image] : image));
        var mean = graph.AddNode("ReduceMean", [input], null, Ints("axes", Batch is null ? [0, 1, 2] : [1, 2, 3]), Int("keepdims", 1));
        foreach (var drawing in drawings)
        {
            var scale = graph.Reshape(mean, [.. Batch is null ? Array.Empty<long>() : [-1], .. drawing.Shape.Select(_ => 1L)]);
            var value = graph.Add(graph.Mul(scale, Part(graph, drawing, scores: true)), Part(graph, drawing, scores: false));
            OnnxDimension[] shape = [.. Batch is { } n ? [n] : Array.Empty<OnnxDimension>(), .. drawing.Shape.Select(s => (OnnxDimension)s)];
            var type = drawing.Integers ? OnnxElementType.Int64 : OnnxElementType.Float;
            graph.AddOutput(drawing.Name, drawing.Integers ? graph.Cast(value, type) : value, type, shape);
        }
        foreach (var (key, value) in Metadata)
            graph.AddMetadata(key, value);
        return graph.ToBytes();
    }

    public OnnxDetectorTeacher ToTeacher(OnnxDetectorTeacherOptions? options = null) => OnnxDetectorTeacher.FromBytes(ToBytes(), options);

    /// <summary>What the teacher finds on images of one brightness each, as lines of image, class, score and box.</summary>
    public static List<double[]> Detect(DetectorTeacher teacher, ImageSize stored, params float[] brightness)
    {
        using var scope = NewDisposeScope();
        using var session = teacher.Open(new DetectorTeacherSettings(CPU, 1, DetectionParts.None));
        return Lines(session.Detect(Images(stored, brightness), []));
    }

    public static List<double[]> Lines(FoundObjects found)
    {
        Assert.Equal((ScalarType.Int64, ScalarType.Int64), (found.Image.dtype, found.Classes.dtype));
        var (images, classes, scores, boxes) = (Numbers.Of(found.Image), Numbers.Of(found.Classes), Numbers.Of(found.Scores), Numbers.Of(found.Boxes));
        Assert.Equal([images.Length, 4], found.Boxes.shape);
        return [.. images.Select((image, i) => new[] { image, classes[i], scores[i], boxes[4 * i], boxes[4 * i + 1], boxes[4 * i + 2], boxes[4 * i + 3] })];
    }

    /// <summary>Each line within 1e-4.</summary>
    public static void Same(IReadOnlyList<double[]> found, params double[][] expected)
    {
        Assert.Equal(expected.Length, found.Count);
        for (var i = 0; i < expected.Length; i++)
            Numbers.Within(expected[i], found[i], 1e-4);
    }

    public static Tensor Images(ImageSize size, params float[] brightness) => (tensor(brightness).reshape(-1, 1, 1, 1) * 255).expand(brightness.Length, 3, size.Height, size.Width).contiguous();

    /// <summary>The message with which a teacher is refused when it is opened.</summary>
    public static string Refusal(OnnxDetectorTeacher teacher, DetectionParts parts = DetectionParts.None) =>
        Assert.Throws<InvalidDataException>(() => teacher.Open(new DetectorTeacherSettings(CPU, 1, parts))).Message;

    private static string Part(OnnxGraphBuilder graph, Drawing drawing, bool scores) => graph.AddInitializer(
        $"{drawing.Name}.{(scores ? "scores" : "rest")}", [.. drawing.Values.Select((v, i) => (drawing.IsScore?.Invoke(i) ?? false) == scores ? v : 0)], drawing.Shape);
}
