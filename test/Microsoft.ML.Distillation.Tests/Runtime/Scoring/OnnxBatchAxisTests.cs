using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Scoring;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Tests.Students;

namespace Microsoft.ML.Distillation.Tests.Runtime.Scoring;

public class OnnxBatchAxisTests
{
    [Fact]
    public void OnlyTheFirstAxesOfInputsAndOutputsChange()
    {
        var graph = Graph();

        var freed = OnnxModelFile.FromBytes(OnnxBatchAxis.Free(graph), "freed");

        var model = OnnxModelFile.FromBytes(graph, "graph").Model;
        Assert.Equal("'pixels' (Float N×3×12×10)", $"{freed.Inputs[0]}");
        Assert.Equal("'logits' (Float N×5)", $"{freed.Outputs[0]}");
        foreach (var value in model.Graph.Input.Concat(model.Graph.Output))
            value.Type.TensorType.Shape.Dim[0].DimParam = "N";
        Assert.Equal(model, freed.Model);
    }

    [Fact]
    public void BatchesGiveWhatSingleImagesGive()
    {
        var pixels = Modules.Pixels(7 * 360, seed: 3);

        var together = Modules.RunOnnx(OnnxBatchAxis.Free(Graph()), pixels, [7, 3, 12, 10], "logits").Floats;

        Numbers.Close(Enumerable.Range(0, 7).SelectMany(i => Modules.RunOnnx(Graph(), pixels[(i * 360)..((i + 1) * 360)], [1, 3, 12, 10], "logits").Floats.Doubles()), together.Doubles(), 1e-5);
    }

    [Fact]
    public void DamageIsAnError()
    {
        var graph = Graph();

        Assert.Throws<InvalidDataException>(() => OnnxBatchAxis.Free(graph.AsSpan(0, graph.Length - 3)));
        Assert.Throws<InvalidDataException>(() => OnnxBatchAxis.Free([0x3F, 1]));
        Assert.Throws<InvalidDataException>(() => OnnxBatchAxis.Free([0x80]));
    }

    private static byte[] Graph()
    {
        using var module = Modules.Worn(ImageClassifier.ResNet8, 5);
        var size = new ImageSize(10, 12);
        return StudentExporter.ForPipeline(module, new StudentDescription("resnet8", Modules.Classes(5), size, size, ImageNormalization.ImageNet, "Fill"), "pixels", "logits", 2);
    }
}
