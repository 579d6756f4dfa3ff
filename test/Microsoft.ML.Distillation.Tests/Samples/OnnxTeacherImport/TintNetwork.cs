using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Tests.Checkup;

namespace Microsoft.ML.Distillation.Tests.Samples.OnnxTeacherImport;

/// <summary>A teacher from elsewhere that says nothing of itself: it wants pixels as they are, 0…255, has two feature maps, and takes an image for the tint nearest to its mean colour.</summary>
internal static class TintNetwork
{
    private const int Size = 32;
    private const float Gain = 20;

    /// <param name="classes">Tints in the order of the outputs.</param>
    public static byte[] Model(params string[] classes)
    {
        var graph = new OnnxGraphBuilder("tints");
        var first = Convolved(graph, graph.AddInput("pixels", OnnxElementType.Float, "N", 3, Size, Size), "first", 1 / 255f);
        var half = graph.AddNode("AveragePool", [first], "half", OnnxAttribute.Ints("kernel_shape", [2, 2]), OnnxAttribute.Ints("strides", [2, 2]));
        var means = graph.Flatten(graph.GlobalAveragePool(Convolved(graph, half, "second", 1)));
        var colours = classes.Select(name => Tints.Colours[Array.IndexOf(Tints.Classes, name)].Select(c => c / 255).ToArray()).ToArray();
        // The nearest colour μ to x is that of the greatest 2μ·x − ‖μ‖².
        var weight = graph.AddInitializer("weight", colours.SelectMany(colour => colour.Select(c => 2 * Gain * c)).ToArray(), classes.Length, 3);
        var bias = graph.AddInitializer("bias", colours.Select(colour => -Gain * colour.Sum(c => c * c)).ToArray(), classes.Length);
        graph.AddOutput("scores", graph.Gemm(means, weight, bias, transB: true), OnnxElementType.Float, "N", classes.Length);
        return graph.ToBytes();
    }

    /// <summary>A 1×1 convolution that does no more than scale, and a ReLU that lets what is positive pass.</summary>
    private static string Convolved(OnnxGraphBuilder graph, string image, string name, float scale)
        => graph.Relu(graph.Conv(image, graph.AddInitializer($"{name}.kernel", [scale, 0, 0, 0, scale, 0, 0, 0, scale], 3, 3, 1, 1), pads: OnnxOps.Pads(0, 0)), name);
}
