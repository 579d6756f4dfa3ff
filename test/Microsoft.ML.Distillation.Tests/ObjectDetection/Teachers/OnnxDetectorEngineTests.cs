using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers.Layouts;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.Distillation.Tests.Students.Detection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers;

/// <summary>An ONNX detector in TorchSharp against the same one in ONNX Runtime.</summary>
public sealed class OnnxDetectorEngineTests : IDisposable
{
    private const DetectionParts Everything = DetectionParts.Heads | DetectionParts.Features;
    private static readonly ImageSize Size = new(64, 64);
    private readonly DisposeScope _scope = NewDisposeScope();

    [Theory]
    [InlineData("decoded", 1)]
    [InlineData("decoded", 8)]
    [InlineData("apart", 3)]
    [InlineData("together", 1)]
    [InlineData("together", 3)]
    public void PredictionsMapsAndObjectsAreTheSame(string form, int images)
    {
        var file = Yolo(form);
        var pixels = Pixels(images);
        using var runtime = Open(file, OnnxTeacherEngine.OnnxRuntime, Everything);
        using var torchSharp = Open(file, OnnxTeacherEngine.TorchSharp, Everything);

        var (expected, actual) = (runtime.Forward(pixels), torchSharp.Forward(pixels));

        Assert.Equal((3, 3), (actual.Heads.Count, actual.Features.Count));
        foreach (var (map, other) in expected.Features.Zip(actual.Features))
            Same(map, other, 1e-4);
        foreach (var (head, other) in expected.Heads.Zip(actual.Heads))
        {
            // Of a decoded output what is left of large logits is mostly rounding.
            var known = head.abs().lt(6).logical_and(other.abs().lt(7));
            Same(where(known, head, zeros_like(head)), where(known, other, zeros_like(head)), 2e-3);
        }
        Assert.Equal(runtime.Describe(Size)!.Features, torchSharp.Describe(Size)!.Features);
        SameObjects(runtime.Detect(pixels, []), torchSharp.Detect(pixels, []));
        Assert.Equal((runtime.ClassCount, runtime.ParameterCount, runtime.ModelBytes), (torchSharp.ClassCount, torchSharp.ParameterCount, torchSharp.ModelBytes));
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData(null, 8)]
    [InlineData(1, 3)] // a fixed batch, as Ultralytics exports: one image after another
    [InlineData(2, 3)]
    public void YoloV8sObjectsAreTheSame(int? batch, int images)
    {
        var file = YoloV8(batch);
        var pixels = Pixels(images);
        using var runtime = Open(file, OnnxTeacherEngine.OnnxRuntime, DetectionParts.None);
        using var torchSharp = Open(file, OnnxTeacherEngine.TorchSharp, DetectionParts.None);

        Assert.Equal(DetectorOutputLayout.YoloV8, OnnxDetectorTeacher.FromBytes(file).Inspect().Layout);
        SameObjects(runtime.Detect(pixels, []), torchSharp.Detect(pixels, []));
    }

    [Fact]
    public void InBFloat16ItIsNear()
    {
        var file = Yolo("apart");
        var pixels = Pixels(2);
        using var exact = Open(file, OnnxTeacherEngine.TorchSharp, Everything);
        using var rounded = Open(file, OnnxTeacherEngine.TorchSharp, Everything, precision: Precision.BFloat16);

        var (expected, actual) = (exact.Forward(pixels), rounded.Forward(pixels));

        foreach (var (map, other) in expected.Features.Concat(expected.Heads).Zip(actual.Features.Concat(actual.Heads)))
        {
            Assert.Equal(ScalarType.Float32, other.dtype);
            Assert.InRange(((map - other).norm() / map.norm()).item<float>(), 1e-6f, .05f);
        }
        Assert.NotEqual(0, rounded.Detect(pixels, []).Scores.shape[0]);
    }

    [Fact]
    public void OtherAnchorsThanTheFilesAreNoticed()
    {
        using var session = OnnxDetectorTeacher.FromBytes(Yolo("decoded"), new() { Engine = OnnxTeacherEngine.TorchSharp, Anchors = [[1, 1, 2, 2, 1, 2], [1, 2, 3, 3, 2, 1], [3, 4, 4, 3, 2, 2]] })
            .Open(new(CPU, 1, DetectionParts.Heads));

        Assert.Contains("was not trained with the anchors", Assert.Throws<InvalidDataException>(() => session.Forward(Pixels(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OperatorsThatAreNotKnownAreNamedWhereTheyMatter()
    {
        var sketch = new Sketch(new Drawing("output0", [1, 2, 11, 12, .9f, 0], [1, 6], i => i == 4)) { Head = (g, x) => g.AddNode("Celu", [g.AddNode("Hardmax", [x], "stem/max")]) };
        OnnxDetectorTeacherSession Open(OnnxTeacherEngine engine, Device device) =>
            (OnnxDetectorTeacherSession)sketch.ToTeacher(new() { ClassNames = ["a"], Engine = engine }).Open(new(device, 1, DetectionParts.None));

        var refused = Assert.Throws<NotSupportedException>(() => Open(OnnxTeacherEngine.TorchSharp, CPU));
        using var elsewhere = Open(OnnxTeacherEngine.Auto, device(DeviceType.CUDA, 0));
        using var there = Open(OnnxTeacherEngine.Auto, CPU);

        const string Missing = ": node 'celu' (Celu); node 'stem/max' (Hardmax) aren't supported.";
        Assert.Contains(Missing, refused.Message, StringComparison.Ordinal);
        Assert.Equal(("engine", CheckupSeverity.Warning), (elsewhere.Notice!.Code, elsewhere.Notice.Severity));
        Assert.Contains("ONNX Runtime on the CPU", elsewhere.Notice.Measured, StringComparison.Ordinal);
        Assert.Contains(Missing, elsewhere.Notice.Measured, StringComparison.Ordinal);
        Assert.Null(there.Notice);
    }

    [Fact]
    public void ManyImagesLeaveNothingBehind()
    {
        using var session = Open(Yolo("together"), OnnxTeacherEngine.TorchSharp, Everything);
        using var scope = NewDisposeScope();
        var pixels = Pixels(2);
        session.Forward(pixels);
        session.Detect(pixels, []);
        var before = scope.DisposablesCount;

        var output = session.Forward(pixels);
        session.Detect(pixels, []);

        // What is handed out, and nothing that it was made of.
        Assert.Equal(before + output.Heads.Count + output.Features.Count + 4, scope.DisposablesCount);
        Assert.All(output.Heads.Concat(output.Features), map => Assert.False(map.requires_grad));
    }

    public void Dispose() => _scope.Dispose();

    private static byte[] Yolo(string form)
    {
        using var module = DetectorGolden.CreateModule("yolov5");
        return YoloFiles.Write(module, Size, form);
    }

    /// <summary>One level of a YOLOv8, from its last convolution on: sides of a box from their distributions, around the middles of cells.</summary>
    private static byte[] YoloV8(int? batch)
    {
        const int Stride = 4, Bins = 4, Classes = 3;
        var (cells, graph) = (Size.Width / Stride, new OnnxGraphBuilder("yolov8"));
        var image = graph.AddInput("images", OnnxElementType.Float, batch ?? (OnnxDimension)"N", 3, Size.Height, Size.Width);
        const int Channels = 4 * Bins + Classes;
        var map = graph.Conv(image, graph.AddInitializer("w", [.. Numbers.Gaussian(Channels * 3 * Stride * Stride, 3).Select(w => w / 2)], Channels, 3, Stride, Stride), null, [Stride, Stride], [0, 0, 0, 0]);
        var parts = graph.AddNode("Split", [graph.Reshape(map, [0, Channels, cells * cells]), graph.AddConstant("parts", 4L * Bins, Classes)], 2, null, OnnxAttribute.Int("axis", 1));
        var shares = graph.Softmax(graph.Transpose(graph.Reshape(parts[0], [0, 4, Bins, cells * cells]), [0, 2, 1, 3]), 1);
        var sides = graph.Reshape(graph.Conv(shares, graph.AddInitializer("bins", [0f, 1, 2, 3], 1, Bins, 1, 1), null, [1, 1], [0, 0, 0, 0]), [0, 4, cells * cells]);
        var halves = graph.AddNode("Split", [sides], 2, null, OnnxAttribute.Int("axis", 1));
        var middles = graph.AddInitializer(
            "middles", [.. Enumerable.Range(0, cells * cells).Select(i => i % cells + .5f), .. Enumerable.Range(0, cells * cells).Select(i => i / cells + .5f)], 1, 2, cells * cells);
        var (low, high) = (graph.Sub(middles, halves[0]), graph.Add(middles, halves[1]));
        var boxes = graph.Mul(graph.Concat([graph.Div(graph.Add(low, high), graph.AddScalar("two", 2)), graph.Sub(high, low)], 1), graph.AddScalar("stride", Stride));
        graph.AddOutput("output0", graph.Concat([boxes, graph.Sigmoid(parts[1])], 1), OnnxElementType.Float, batch ?? (OnnxDimension)"N", 4 + Classes, cells * cells);
        return graph.ToBytes();
    }

    private static Tensor Pixels(int images, ImageSize? size = null)
    {
        var (width, height) = ((size ?? Size).Width, (size ?? Size).Height);
        return tensor(Modules.Pixels(images * 3 * width * height, seed: images), [images, 3, height, width]);
    }

    private static OnnxDetectorTeacherOptions Options(OnnxTeacherEngine engine) => new() { Engine = engine, FeatureNames = YoloFiles.NeckNames, ClassNames = ["a", "b", "c"] };

    private static OnnxDetectorTeacherSession Open(byte[] file, OnnxTeacherEngine engine, DetectionParts parts, Precision precision = Precision.Float32) =>
        (OnnxDetectorTeacherSession)OnnxDetectorTeacher.FromBytes(file, Options(engine)).Open(new(CPU, 1, parts) { Precision = precision });

    private static void Same(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        Numbers.Close(Numbers.Of(expected), Numbers.Of(actual), tolerance);
    }

    /// <summary>Each of one is one of the other: scores that float32 can't tell apart may change places.</summary>
    private static void SameObjects(FoundObjects expected, FoundObjects actual)
    {
        var (lines, others) = (Sketch.Lines(expected), Sketch.Lines(actual));
        Assert.NotEmpty(lines);
        Assert.Equal(lines.Count, others.Count);
        foreach (var line in lines)
            Assert.Contains(others, other => line.Zip(other).All(pair => Math.Abs(pair.First - pair.Second) < 2e-3));
    }
}
