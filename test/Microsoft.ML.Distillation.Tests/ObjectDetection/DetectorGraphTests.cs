using Microsoft.ML.Distillation.ObjectDetection;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Scoring;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

public class DetectorGraphTests
{
    [Fact]
    public void AGraphIsToldToSayHowLargeItsInputIs()
    {
        var size = new ImageSize(40, 24);
        var graph = DetectorGraph.WithInputSize(ColourDetector.WithoutInputSize(size), size);

        using var session = new InferenceSession(graph);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("distillation.pixels", new DenseTensor<float>([1, 3, 24, 40]))]);

        Assert.Equal([40, 24], results.Single(r => r.Name == "distillation.input").AsEnumerable<long>());
        Assert.Empty(results.Single(r => r.Name == "distillation.boxes").AsEnumerable<float>());
        Assert.Equal(4, OnnxModelFile.FromBytes(graph, "graph").Outputs.Count);
    }

    [Fact]
    public void TheSizeIsOneForHoweverManyImages()
    {
        var size = new ImageSize(40, 24);
        using var runner = new OnnxRunner(OnnxBatchAxis.Free(ColourDetector.Graph(size)), "graph", threads: 1);

        var results = runner.Run(new float[5 * 3 * 24 * 40], [5, 3, 24, 40]).ToDictionary(r => r.Name);

        Assert.Equal([1, 2], results["distillation.input"].Shape);
        Assert.Equal([40, 24], results["distillation.input"].Integers);
        Assert.Equal([5, 0], results["distillation.boxes"].Shape);
    }
}
