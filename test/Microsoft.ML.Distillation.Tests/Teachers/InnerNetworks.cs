using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.Teachers;

/// <summary>Small networks with something inside, as other tools than PyTorch write them.</summary>
internal static class InnerNetworks
{
    /// <summary>N×6×8×3 images, turned, convolved to five channels, turned back, averaged over places and scored, as tf2onnx writes Keras's models.</summary>
    public static byte[] ChannelsLast()
    {
        var graph = new OnnxGraphBuilder("tf");
        var image = graph.Transpose(graph.AddInput("image", OnnxElementType.Float, "N", 6, 8, 3), [0, 3, 1, 2]);
        var relu = graph.Relu(Convolved(graph, image), "relu");
        var turned = graph.Add(graph.Transpose(relu, [0, 2, 3, 1]), graph.AddScalar("nothing", 0), "turned");
        var pooled = graph.AddNode("ReduceMean", [turned], "mean", OnnxAttribute.Ints("axes", [1, 2]), OnnxAttribute.Int("keepdims", 0));
        var scores = graph.Add(graph.MatMul(pooled, graph.AddInitializer("weight", Numbers.Gaussian(10, seed: 2), 5, 2)), graph.AddConstant("bias", 1f, 2f));
        graph.AddOutput("scores", scores, OnnxElementType.Float, "N", 2);
        return graph.ToBytes();
    }

    /// <summary>N×3×6×8 images, or of any size, convolved to five channels, whose means are the only output; it is declared with a shape that nobody takes for scores.</summary>
    public static byte[] Backbone(bool anySize = false)
    {
        var graph = new OnnxGraphBuilder("backbone");
        var image = anySize ? graph.AddInput("image", OnnxElementType.Float, "N", 3, "H", "W") : graph.AddInput("image", OnnxElementType.Float, "N", 3, 6, 8);
        graph.AddOutput("pooled", graph.GlobalAveragePool(graph.Relu(Convolved(graph, image))), OnnxElementType.Float, "N", 5, "A", "B");
        return graph.ToBytes();
    }

    /// <summary>Scores that are the sum of two ways through the network: no vector is the one before the classifier.</summary>
    public static byte[] Branches()
    {
        var graph = new OnnxGraphBuilder("branches");
        var map = Convolved(graph, graph.AddInput("image", OnnxElementType.Float, "N", 3, 6, 8));
        var sum = graph.Add(graph.GlobalAveragePool(map), graph.AddNode("GlobalMaxPool", [map]));
        graph.AddOutput("scores", graph.Flatten(sum), OnnxElementType.Float, "N", 5);
        return graph.ToBytes();
    }

    private static string Convolved(OnnxGraphBuilder graph, string image) =>
        graph.Conv(image, graph.AddInitializer("kernel", Numbers.Gaussian(5 * 27, seed: 1), 5, 3, 3, 3), pads: OnnxOps.Pads(1, 1));
}
