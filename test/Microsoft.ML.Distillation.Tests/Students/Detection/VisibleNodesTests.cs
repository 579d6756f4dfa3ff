using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation.Tests.Students.Detection;

public class VisibleNodesTests
{
    private static readonly ImageSize Input = new(80, 60);

    // Inside, over a corner, left of the image, below it, beyond both edges at once, touching an edge from outside, all over it.
    [Fact]
    public void OfBoxesOutsideNothingIsFound()
    {
        float[] boxes = [10, 10, 20, 30, -5, -5, 5, 5, -9, 10, -1, 20, 10, 61, 20, 70, 90, 70, 99, 80, 80, 10, 90, 20, -10, -10, 100, 100];
        float[] scores = [.9f, .1f, .8f, .2f, .7f, .3f, .6f, .4f, .5f, .5f, .4f, .6f, .3f, .7f];
        var graph = new OnnxGraphBuilder("visible");
        var (given, all) = (graph.AddInput("boxes", OnnxElementType.Float, 1, 7, 4), graph.AddInitializer("all", scores, 1, 7, 2));
        graph.AddOutput("cut", VisibleNodes.Cut(graph, given, Input), OnnxElementType.Float, 1, 7, 4);
        graph.AddOutput("seen", VisibleNodes.Scores(graph, given, all, Input), OnnxElementType.Float, 1, 7, 2);
        using var runner = new OnnxRunner(graph.ToBytes(), "visible", threads: 1);

        var results = runner.Run(boxes, [1, 7, 4]).ToDictionary(r => r.Name);

        Assert.Equal([10, 10, 20, 30, 0, 0, 5, 5, 0, 10, 0, 20, 10, 60, 20, 60, 80, 60, 80, 60, 80, 10, 80, 20, 0, 0, 80, 60], results["cut"].Floats);
        Assert.Equal([.9f, .1f, .8f, .2f, 0, 0, 0, 0, 0, 0, 0, 0, .3f, .7f], results["seen"].Floats);
    }
}
