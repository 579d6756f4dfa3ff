using Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers.Layouts;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers;

/// <summary>Files of PyTorch's own exporter, and what PyTorch computes (test/goldens/make_foreign_detectors.py).</summary>
public sealed class OnnxDetectorTeacherSessionTests : IDisposable
{
    private static readonly DetectorsGolden Expected = Golden.Read<DetectorsGolden>("onnx/detectors.json");
    private readonly DisposeScope _scope = NewDisposeScope();

    [Theory]
    [InlineData("yolo_decoded", DetectorOutputLayout.YoloV5, OnnxTeacherEngine.OnnxRuntime)]
    [InlineData("yolo_decoded", DetectorOutputLayout.YoloV5, OnnxTeacherEngine.TorchSharp)]
    [InlineData("yolo_raw", DetectorOutputLayout.YoloV5Raw, OnnxTeacherEngine.OnnxRuntime)]
    [InlineData("yolo_raw", DetectorOutputLayout.YoloV5Raw, OnnxTeacherEngine.TorchSharp)]
    public void YoloIsReadAsPyTorchDoes(string file, DetectorOutputLayout layout, OnnxTeacherEngine engine)
    {
        var teacher = OnnxDetectorTeacher.FromFile(PathOf(file), new() { Anchors = Expected.Anchors, ScoreThreshold = Expected.Score, IouThreshold = Expected.Iou, Engine = engine });
        using var session = teacher.Open(new(CPU, 1, DetectionParts.Heads));

        var found = Sketch.Lines(session.Detect(Pixels, []));
        var heads = session.Forward(Pixels).Heads;

        Assert.Equal(layout, teacher.Inspect().Layout);
        Same(Expected.Found, found);
        foreach (var (wanted, head) in Expected.Heads.Zip(heads))
        {
            var got = Numbers.Of(head);
            Assert.Equal(wanted.Length, got.Length);
            // Of a decoded output what is left of large logits is mostly rounding.
            var places = Enumerable.Range(0, got.Length).Where(i => Math.Abs(wanted[i]) < 6).ToList();
            Assert.True(places.Count > .9 * got.Length);
            Numbers.Within([.. places.Select(i => wanted[i])], [.. places.Select(i => got[i])], 1e-3);
        }
    }

    [Fact]
    public void OtherAnchorsThanTheFilesAreNoticed()
    {
        var small = OnnxDetectorTeacher.FromFile(PathOf("yolo_decoded"), new() { Anchors = [[4, 5, 6, 12], [12, 25, 25, 18], [24, 48, 47, 36]] });
        using var session = small.Open(new(CPU, 1, DetectionParts.Heads));

        Assert.Contains("was not trained with the anchors stride 8: 4,5 6,12;", Assert.Throws<InvalidDataException>(() => session.Forward(Pixels)).Message, StringComparison.Ordinal);
        Assert.NotEmpty(Numbers.Of(session.Detect(Pixels, []).Scores)); // boxes don't depend on them
    }

    [Theory]
    [InlineData(OnnxTeacherEngine.OnnxRuntime)]
    [InlineData(OnnxTeacherEngine.TorchSharp)]
    public void TorchVisionIsReadAsPyTorchDoes(OnnxTeacherEngine engine)
    {
        var teacher = OnnxDetectorTeacher.FromFile(PathOf("torchvision"), new() { ClassNames = ["a", "b", "c"], Engine = engine });
        using var session = teacher.Open(new(CPU, 1, DetectionParts.None));

        var found = Sketch.Lines(session.Detect(Pixels, []));

        var inspection = teacher.Inspect();
        Assert.Equal((DetectorOutputLayout.TorchVision, 3), (inspection.Layout, inspection.ClassCount));
        Assert.Same(ImageNormalization.ZeroToOne, inspection.Normalization); // ImageNet's colours come off inside
        Assert.Empty(inspection.FeatureMaps);
        Same(Expected.Boxes, found);
    }

    [Fact]
    public void ManyImagesLeaveNothingBehind()
    {
        using var session = OnnxDetectorTeacher.FromFile(PathOf("yolo_raw"), new() { Anchors = Expected.Anchors }).Open(new(CPU, 1, DetectionParts.Heads));
        using var scope = NewDisposeScope();
        var pixels = Pixels;
        session.Forward(pixels);
        session.Detect(pixels, []);
        var before = scope.DisposablesCount;

        var output = session.Forward(pixels);
        var found = session.Detect(pixels, []);

        // What is handed out, and nothing that it was made of.
        Assert.Equal(before + output.Heads.Count + 4, scope.DisposablesCount);
        Assert.NotEqual(0, found.Scores.shape[0]);
    }

    public void Dispose() => _scope.Dispose();

    private static Tensor Pixels => tensor(Expected.Pixels, Expected.Shape);

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "goldens", "onnx", $"{file}.onnx");

    private static void Same(double[][][] expected, List<double[]> found)
    {
        var lines = expected.SelectMany((image, i) => image.Select(line => Line(i, line))).ToList();
        Assert.NotEmpty(lines);
        Assert.Equal(lines.Count, found.Count);
        // Scores that float32 can't tell apart may change places.
        foreach (var line in lines)
            Assert.Contains(found, other => line.Zip(other).All(pair => Math.Abs(pair.First - pair.Second) < 1e-3));
    }

    private static double[] Line(double image, double[] line) => [image, .. line];

    internal sealed class DetectorsGolden
    {
        public required long[] Shape { get; init; }

        public required float[] Pixels { get; init; }

        /// <summary>Width and height of each anchor, by level.</summary>
        public required float[][] Anchors { get; init; }

        public required double Score { get; init; }

        public required double Iou { get; init; }

        /// <summary>Before any sigmoid, by level.</summary>
        public required double[][] Heads { get; init; }

        /// <summary>By image: class, score, x0 y0 x1 y1.</summary>
        public required double[][][] Found { get; init; }

        /// <inheritdoc cref="Found"/>
        public required double[][][] Boxes { get; init; }
    }
}
