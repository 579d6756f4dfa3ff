using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>An ONNX classifier that knows the drawn classes without training: a class's logit grows with its colour's share of the image.</summary>
internal static class ColourTeacher
{
    private const float Gain = 24;

    public static OnnxTeacher Named(params string[] classes) => OnnxTeacher.FromBytes(
        Model(classes), new OnnxTeacherOptions { Normalization = ImageNormalization.ZeroToOne, ClassNames = classes });

    public static OnnxTeacher Unnamed(params string[] classes) => OnnxTeacher.FromBytes(
        Model(classes), new OnnxTeacherOptions { Normalization = ImageNormalization.ZeroToOne });

    /// <param name="classes">In the order of the outputs; classes that are no colour of the drawn ones never win.</param>
    /// <param name="size">The only size it takes; null for any.</param>
    public static byte[] Model(IReadOnlyList<string> classes, int? size = null, int channels = 3)
    {
        OnnxDimension height = size is { } h ? h : "H", width = size is { } w ? w : "W";
        var graph = new OnnxGraphBuilder("colour");
        var image = graph.AddInput("pixels", OnnxElementType.Float, "N", channels, height, width);
        var weights = classes.SelectMany(name => Enumerable.Range(0, channels).Select(c => Weight(name, c))).ToArray();
        var means = graph.Flatten(graph.GlobalAveragePool(image));
        var logits = graph.Gemm(means, graph.AddInitializer("weights", weights, classes.Count, channels), transB: true);
        graph.AddOutput("scores", logits, OnnxElementType.Float, "N", classes.Count);
        return graph.ToBytes();
    }

    private static float Weight(string name, int channel) => Array.IndexOf(Drawn.Classes, name) switch
    {
        < 0 => -Gain,
        var own => own == channel ? Gain : -Gain / 2,
    };
}
