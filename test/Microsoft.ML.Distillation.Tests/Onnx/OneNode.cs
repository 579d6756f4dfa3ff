using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.Onnx;

/// <summary>A graph of one operator (batch axis left open), written by the builder and run by ONNX Runtime.</summary>
internal static class OneNode
{
    public static float[] Run(float[] x, int[] shape, int[] result, Func<OnnxGraphBuilder, string, string> build) =>
        RunTensor(x, shape, result, OnnxElementType.Float, build).Floats;

    public static OnnxTensor RunTensor(float[] x, int[] shape, int[] result, OnnxElementType type, Func<OnnxGraphBuilder, string, string> build)
    {
        var graph = new OnnxGraphBuilder("one");
        graph.AddOutput("y", build(graph, graph.AddInput("x", OnnxElementType.Float, OpenBatch(shape))), type, OpenBatch(result));
        using var runner = new OnnxRunner(graph.ToBytes(), "one.onnx", threads: 1);
        var tensor = Assert.Single(runner.Run(x, [.. shape.Select(d => (long)d)]));
        Assert.Equal(result.Select(d => (long)d), tensor.Shape);
        return tensor;
    }

    private static OnnxDimension[] OpenBatch(int[] shape) => ["N", .. shape.Skip(1).Select(d => (OnnxDimension)d)];
}
