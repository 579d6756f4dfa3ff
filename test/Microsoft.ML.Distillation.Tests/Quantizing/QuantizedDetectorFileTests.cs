using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Quantizing;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.Distillation.Tests.Students.Detection;

namespace Microsoft.ML.Distillation.Tests.Quantizing;

/// <summary>Detectors in smaller numbers: weights shared by levels, sigmoids, upsampling, and boxes that stay floats.</summary>
public class QuantizedDetectorFileTests
{
    private const int Width = 64, Height = 96;

    [Theory]
    [InlineData("yolov5")]
    [InlineData("retinanet")]
    public void HeadsAreNearlyTheSame(string name)
    {
        using var module = DetectorGolden.CreateModule(name);
        var onnx = DetectorExporter.Raw(module, Describe(name));
        var file = OnnxModelFile.FromBytes(onnx, name);
        var expected = Run(onnx, 3);

        var int8 = QuantizedModel.Int8(file, new Int8Options { Calibration = CalibrationMethod.MinMax }, Images(3), 1);
        var half = QuantizedModel.Float16(file);

        Assert.True(int8.QuantizedLayers > int8.Layers / 2, $"{int8.QuantizedLayers} of {int8.Layers}");
        foreach (var (wanted, (small, medium)) in expected.Zip(Run(int8.Onnx, 3).Zip(Run(half.Onnx, 3))))
        {
            Assert.Equal(wanted.Shape, small.Shape);
            Assert.InRange(Distance(wanted.Floats, small.Floats), 1e-7, .3);
            Assert.InRange(Distance(wanted.Floats, medium.Floats), 1e-8, .02);
        }
    }

    [Theory]
    [InlineData("yolov5")]
    [InlineData("retinanet")]
    public void TheWholeFileRunsAtAnyBatch(string name)
    {
        using var module = DetectorGolden.CreateModule(name);
        var file = OnnxModelFile.FromBytes(DetectorExporter.Standalone(module, Describe(name), new Suppression { ScoreThreshold = .01f, MaximumPerClass = 10, Maximum = 20 }), name);
        foreach (var model in new[] { QuantizedModel.Int8(file, new Int8Options(), Images(2), 1), QuantizedModel.Float16(file) })
        {
            foreach (var batch in new[] { 1, 3 })
                Assert.Equal(batch, Detections.Read(Run(model.Onnx, batch)).Count);
            Assert.Contains("is a quantised", Assert.Throws<InvalidDataException>(() => ObjectDetector.FromOnnx(model.Onnx)).Message, StringComparison.Ordinal);
        }
    }

    private static StudentDescription Describe(string name) =>
        new(name == "yolov5" ? "yolov5n" : "retinanet_resnet18", Modules.Classes(3), new(Width, Height), new(Width, Height), ImageNormalization.ImageNet, "IsoPad");

    private static ImageBatches Images(int count)
    {
        var pixels = Modules.Pixels(count * 3 * Width * Height, seed: 2);
        return new ImageBatches(count, new ImageSize(Width, Height), (first, rows) => pixels[(first * 3 * Width * Height)..((first + rows) * 3 * Width * Height)]);
    }

    private static IReadOnlyList<OnnxTensor> Run(byte[] model, int batch)
    {
        using var runner = new OnnxRunner(model, "detector", threads: 1);
        return runner.Run(Modules.Pixels(batch * 3 * Width * Height, seed: 2), [batch, 3, Height, Width]);
    }

    private static double Distance(float[] expected, float[] actual)
    {
        var mean = expected.Average();
        return Math.Sqrt(expected.Zip(actual).Sum(p => Math.Pow(p.First - p.Second, 2)) / expected.Sum(v => Math.Pow(v - mean, 2)));
    }
}
