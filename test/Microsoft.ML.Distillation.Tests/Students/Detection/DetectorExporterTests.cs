using Microsoft.ML.Data;
using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Scoring;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.Students.Detection;

public class DetectorExporterTests
{
    private const double Tolerance = 1e-4;
    private static readonly DetectionNames s_names = new("b", "s", "l");

    public static TheoryData<string, int, int, int, int> Sizes => new()
    {
        { "yolov5", 64, 96, 64, 96 },
        { "yolov5", 90, 70, 64, 64 }, // stored for a larger teacher: resized in the graph, boxes scaled back
        { "retinanet", 96, 32, 96, 32 },
        { "retinanet", 100, 80, 64, 96 },
    };

    public static TheoryData<string> Names => ["yolov5", "retinanet"];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void TheFilesEqualTheModuleAtAnyBatch(string name, int width, int height, int studentWidth, int studentHeight)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var module = DetectorGolden.CreateModule(name);
        var description = Describe(name, new(width, height), new(studentWidth, studentHeight));
        using var raw = new OnnxRunner(DetectorExporter.Raw(module, description), "raw", threads: 1);
        using var decoded = new OnnxRunner(DetectorExporter.Decoded(module, description), "decoded", threads: 1);
        using var view = new PixelTransforms(description.StoredSize, description.StudentSize, description.Normalization, CPU);
        foreach (var batch in new[] { 1, 3, 8 })
        {
            var pixels = Modules.Pixels(batch * 3 * width * height, seed: batch);
            var expected = module.call(view.Apply(tensor(pixels, [batch, 3, height, width])));
            var (boxes, scores) = module.Decode(expected);
            var scale = tensor([(float)width / studentWidth, (float)height / studentHeight]).repeat(2);

            var heads = raw.Run(pixels, [batch, 3, height, width]);
            foreach (var (wanted, got) in expected.Levels.SelectMany(DetectorGolden.Heads).Zip(heads))
                Compare(wanted, got);
            Assert.Equal(expected.Levels.SelectMany(DetectorGolden.Heads).Count(), heads.Count);
            var results = decoded.Run(pixels, [batch, 3, height, width]);
            Compare(boxes * scale, results[0]);
            Compare(scores, results[1]);
        }
    }

    // The size detectors are published for, with as many classes.
    [Fact]
    public void AYoloV5nAt640EqualsItsModule()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var module = Modules.Wear(ObjectDetector.YoloV5n.CreateModule(Modules.Classes(80), seed: 3));
        var description = Describe("yolov5n", new(640, 640), new(640, 640), classes: 80);
        var pixels = Modules.Pixels(3 * 640 * 640, seed: 1);
        using var view = new PixelTransforms(description.StoredSize, description.StudentSize, description.Normalization, CPU);
        var expected = module.call(view.Apply(tensor(pixels, [1, 3, 640, 640])));

        var heads = Run(DetectorExporter.Raw(module, description), pixels, 1);

        Assert.Equal([[1, 3, 80, 80, 85], [1, 3, 40, 40, 85], [1, 3, 20, 20, 85]], heads.Select(head => head.Shape));
        foreach (var (wanted, got) in expected.Levels.Zip(heads))
            Compare(wanted.Raw!, got);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void BothFormsGiveTheBoxesThatLoopsLeave(string name)
    {
        using var module = DetectorGolden.CreateModule(name);
        var description = Describe(name, new(80, 90), new(64, 96));
        var pixels = Modules.Pixels(3 * 3 * 90 * 80, seed: 4);
        if (name == "retinanet")
            Tame(module, description, pixels, 3);
        var decoded = Run(DetectorExporter.Decoded(module, description), pixels, 3);
        var settings = new Suppression { ScoreThreshold = Quantile(decoded[1].Floats, .9), IouThreshold = .3f, MaximumPerClass = 20, Maximum = 30 };

        var found = Detections.Read(Run(DetectorExporter.Standalone(module, description, settings), pixels, 3));

        var inPipeline = DetectorExporter.ForPipeline(module, description, settings, "pixels", s_names);
        for (var i = 0; i < 3; i++)
        {
            var expected = PlainSuppression.Apply(Image(decoded[0].Floats, i), Seen(Image(decoded[0].Floats, i), Image(decoded[1].Floats, i), 80, 90), 3, settings).Select(f => Inside(f, 80, 90)).ToList();
            Assert.NotEmpty(expected);
            Assert.All(expected, f => Assert.True(f.X2 > f.X1 && f.Y2 > f.Y1));
            Same(expected, found[i]);
            Same(expected, Single(Run(inPipeline, pixels.AsSpan(i * 3 * 90 * 80, 3 * 90 * 80).ToArray(), 1)));
        }
    }

    /// <summary>As many boxes as are allowed on every image; then a batch in which half of the images have some and half have none.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void ThePipelinesGraphTakesAnyBatch(string name)
    {
        using var module = DetectorGolden.CreateModule(name);
        var description = Describe(name, new(80, 90), new(64, 96));
        // From black to full contrast, so that scores differ by image.
        float[] pixels = [.. Modules.Pixels(8 * 3 * 90 * 80, seed: 4).Select((p, i) => p * (i / (3 * 90 * 80)) / 7)];
        if (name == "retinanet")
            Tame(module, description, pixels, 8);
        var scores = Run(DetectorExporter.Decoded(module, description), pixels, 8)[1].Floats;
        var best = scores.Chunk(scores.Length / 8).Select(s => s.Max()).Order().ToArray();
        foreach (var (threshold, empty) in new[] { (Quantile(scores, .3), 0), ((best[3] + best[4]) / 2, 4) })
        {
            var settings = new Suppression { ScoreThreshold = threshold, IouThreshold = .3f, MaximumPerClass = 20, Maximum = 30 };
            var expected = Detections.Read(Run(DetectorExporter.Standalone(module, description, settings), pixels, 8));
            Assert.Equal(empty, expected.Count(e => e.Count == 0));
            var graph = OnnxBatchAxis.Free(DetectorExporter.ForPipeline(module, description, settings, "pixels", s_names));

            foreach (var images in new[] { 1, 3, 8 })
            {
                var found = Batch(Run(graph, pixels[..(images * 3 * 90 * 80)], images));

                Assert.Equal(images, found.Count);
                Assert.All(expected.Zip(found), pair => Same(pair.First, pair.Second));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void NothingFoundIsAnAnswerInEveryForm(string name)
    {
        using var module = DetectorGolden.CreateModule(name);
        var description = Describe(name, new(80, 90), new(64, 96));
        var settings = new Suppression { ScoreThreshold = 1 };
        var pixels = Modules.Pixels(3 * 3 * 90 * 80, seed: 4);

        var alone = Detections.Read(Run(DetectorExporter.Standalone(module, description, settings), pixels, 3));
        var graph = DetectorExporter.ForPipeline(module, description, settings, "pixels", s_names);

        Assert.All(alone, Assert.Empty);
        Assert.Equal([[1, 0], [1, 0], [1, 0]], Run(graph, pixels[..(3 * 90 * 80)], 1).Select(o => o.Shape));
        Assert.Equal([[3, 0], [3, 0], [3, 0]], Run(OnnxBatchAxis.Free(graph), pixels, 3).Select(o => o.Shape));
    }

    /// <summary>Through ML.NET's own transformer: vectors of unknown length, which may be empty.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ThePipelinesGraphRunsInAPipeline(bool none)
    {
        var ml = new MLContext(seed: 1);
        using var module = DetectorGolden.CreateModule("yolov5");
        var description = Describe("yolov5", new(32, 32), new(32, 32));
        var pixels = Modules.Pixels(3 * 32 * 32, seed: 4);
        var all = Run(DetectorExporter.Decoded(module, description), pixels, 1)[1].Floats;
        var settings = new Suppression { ScoreThreshold = none ? 1 : Quantile(all, .8) };
        var graph = DetectorExporter.ForPipeline(module, description, settings, "Pixels", new("Boxes", "Scores", "Labels"));
        var data = ml.Data.LoadFromEnumerable([new PixelRow { Pixels = pixels }]);

        var model = ml.Transforms.ApplyOnnxModel(["Boxes", "Scores", "Labels"], ["Pixels"], new MemoryStream(graph)).Fit(data);
        var row = ml.Data.CreateEnumerable<DetectionRow>(model.Transform(data), reuseRowObject: false).Single();

        var found = Single(Run(graph, pixels, 1));
        Assert.Equal(none, found.Count == 0);
        Assert.Equal(found.SelectMany(f => new[] { f.X1, f.Y1, f.X2, f.Y2 }), row.Boxes!);
        Assert.Equal(found.Select(f => f.Score), row.Scores!);
        Assert.Equal(found.Select(f => (long)f.Label), row.Labels!);
    }

    [Fact]
    public void InputsAndOutputsSayWhatTheyTakeAndGive()
    {
        using var module = DetectorGolden.CreateModule("yolov5");
        var description = Describe("yolov5", new(80, 90), new(64, 96));
        var settings = new Suppression();

        string Signature(byte[] bytes)
        {
            var file = OnnxModelFile.FromBytes(bytes, "detector");
            Assert.Equal((8, 17), (file.Model.IrVersion, file.OpsetVersions[""]));
            return $"{string.Join(' ', file.Inputs)} → {string.Join(' ', file.Outputs)}";
        }

        const string Image = "'image' (Float N×3×90×80) → ";
        Assert.Equal(
            Image + "'raw_8' (Float N×3×12×8×8) 'raw_16' (Float N×3×6×4×8) 'raw_32' (Float N×3×3×2×8)", Signature(DetectorExporter.Raw(module, description)));
        Assert.Equal(Image + "'boxes' (Float N×378×4) 'scores' (Float N×378×3)", Signature(DetectorExporter.Decoded(module, description)));
        Assert.Equal(
            Image + "'boxes' (Float N×300×4) 'scores' (Float N×300) 'labels' (Int64 N×300) 'count' (Int64 N)", Signature(DetectorExporter.Standalone(module, description, settings)));
        Assert.Equal(
            "'p' (Float 1×3×90×80) → 'b' (Float 1×n4) 's' (Float 1×n) 'l' (Int64 1×n)", Signature(DetectorExporter.ForPipeline(module, description, settings, "p", s_names)));
    }

    [Fact]
    public void TheFileSaysWhatItIs()
    {
        using var module = DetectorGolden.CreateModule("yolov5");
        var settings = new Suppression { ScoreThreshold = .3f, IouThreshold = .6f, MaximumPerClass = 7, Maximum = 9 };

        var metadata = OnnxModelFile.FromBytes(DetectorExporter.Standalone(module, Describe("yolov5n", new(80, 90), new(64, 96)), settings), "x").Metadata;

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["distillation.task"] = "object detection",
                ["distillation.architecture"] = "yolov5n",
                ["distillation.classes"] = "[\"class 0\",\"class 1\",\"class 2\"]",
                ["distillation.image_size"] = "64x96",
                ["distillation.input_size"] = "80x90",
                ["distillation.mean"] = "[0.4914,0.4822,0.4465]",
                ["distillation.deviation"] = "[0.247,0.2435,0.2616]",
                ["distillation.resizing"] = "IsoPad",
                ["distillation.strides"] = "[8,16,32]",
                ["distillation.anchors"] = "[[[10,13],[16,30],[33,23]],[[30,61],[62,45],[59,119]],[[116,90],[156,198],[373,326]]]",
                ["distillation.score_threshold"] = "0.3",
                ["distillation.iou_threshold"] = "0.6",
                ["distillation.maximum_per_class"] = "7",
                ["distillation.maximum"] = "9",
            },
            metadata.Where(m => m.Key is not ("distillation.input" or "distillation.outputs")).ToDictionary());
        Assert.Contains("first count places", metadata["distillation.outputs"], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void InitialisersAreTheStateDictAndTheGraphsOwn(string name)
    {
        using var module = DetectorGolden.CreateModule(name);
        var file = OnnxModelFile.FromBytes(DetectorExporter.Standalone(module, Describe(name, new(64, 96), new(64, 96)), new Suppression()), "x");

        Assert.Equal(
            module.state_dict().Keys.Order(StringComparer.Ordinal),
            file.Initializers.Keys.Where(k => k.StartsWith("backbone.", StringComparison.Ordinal) || k.StartsWith("neck.", StringComparison.Ordinal) || k.StartsWith("head.", StringComparison.Ordinal))
                .Where(k => !k.Contains('/') && file.ReadShape(k).Length is 1 or 4 && (k.EndsWith(".weight", StringComparison.Ordinal) || k.EndsWith(".bias", StringComparison.Ordinal) || k.Contains(".running_", StringComparison.Ordinal)))
                .Order(StringComparer.Ordinal));
        Assert.All(Modules.All(module), w => Assert.Equal(Numbers.Floats(w.Values), file.ReadFloats(w.Name)));
    }

    internal static StudentDescription Describe(string name, ImageSize stored, ImageSize student, int classes = 3) =>
        new(name, Modules.Classes(classes), stored, student, ImageNormalization.Cifar10, "IsoPad");

    /// <summary>Scales the last layers so that few scores are 1 and boxes lie about the image: those of the golden's weights are far outside, where rounding decides overlaps.</summary>
    private static void Tame(DetectorModule module, StudentDescription description, float[] pixels, int images)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var view = new PixelTransforms(description.StoredSize, description.StudentSize, description.Normalization, CPU);
        var levels = module.call(view.Apply(tensor(pixels, [images, 3, description.StoredSize.Height, description.StoredSize.Width]))).Levels;
        foreach (var (layer, outputs, deviation) in new[] { ("head.classes.4", levels.Select(l => l.Classes), 1.5), ("head.boxes.4", levels.Select(l => l.Boxes), .5) })
        {
            var factor = deviation / cat([.. outputs.Select(o => o.flatten())]).square().mean().sqrt();
            module.get_parameter($"{layer}.weight").mul_(factor);
            module.get_parameter($"{layer}.bias").mul_(factor);
        }
    }

    private static void Compare(Tensor expected, OnnxTensor actual)
    {
        Assert.Equal(expected.shape, actual.Shape);
        Numbers.Close(Numbers.Of(expected), actual.Floats.Doubles(), Tolerance);
    }

    private static IReadOnlyList<OnnxTensor> Run(byte[] model, float[] pixels, int images)
    {
        using var runner = new OnnxRunner(model, "detector", threads: 1);
        return runner.Run(pixels, [images, .. runner.Inputs[0].Dimensions!.Skip(1).Select(d => d.Size!.Value)]);
    }

    private static float[] Image(float[] values, int image) => values[(image * values.Length / 3)..((image + 1) * values.Length / 3)];

    private static float Quantile(float[] values, double share) => values.Order().ElementAt((int)(share * values.Length));

    /// <summary>The same boxes in the same order; numbers of another batch size or graph may be rounded otherwise.</summary>
    private static void Same(List<Found> expected, List<Found> found)
    {
        double[] Values(List<Found> list) => [.. list.SelectMany(f => new double[] { f.Score, f.X1 / 100, f.Y1 / 100, f.X2 / 100, f.Y2 / 100 })];
        Assert.Equal(expected.Select(f => f.Label), found.Select(f => f.Label));
        Numbers.Within(Values(expected), Values(found), Tolerance);
    }

    /// <summary>The scores, and 0 for boxes that lie outside.</summary>
    private static float[] Seen(float[] boxes, float[] scores, float width, float height) =>
        [.. scores.Select((score, i) => Inside(new(0, score, boxes[i / 3 * 4], boxes[i / 3 * 4 + 1], boxes[i / 3 * 4 + 2], boxes[i / 3 * 4 + 3]), width, height) is var f && f.X2 > f.X1 && f.Y2 > f.Y1 ? score : 0)];

    private static Found Inside(Found box, float width, float height) => box with
    {
        X1 = Math.Clamp(box.X1, 0, width), Y1 = Math.Clamp(box.Y1, 0, height), X2 = Math.Clamp(box.X2, 0, width), Y2 = Math.Clamp(box.Y2, 0, height),
    };

    /// <summary>What the pipeline's graph found.</summary>
    private static List<Found> Single(IReadOnlyList<OnnxTensor> outputs)
    {
        var (boxes, scores, labels) = (outputs[0], outputs[1], outputs[2]);
        Assert.Equal([1, 4 * scores.Floats.Length], boxes.Shape);
        Assert.Equal([1, scores.Floats.Length], labels.Shape);
        return [.. boxes.Floats.Chunk(4).Select((b, i) => new Found((int)labels.Integers[i], scores.Floats[i], b[0], b[1], b[2], b[3]))];
    }

    /// <summary>What the pipeline's graph found on each of several images: as many places as the one with the most boxes fills, and nothing in those past an image's last box.</summary>
    private static List<List<Found>> Batch(IReadOnlyList<OnnxTensor> outputs)
    {
        var (boxes, scores, labels) = (outputs[0], outputs[1], outputs[2]);
        var (images, places) = ((int)labels.Shape[0], (int)labels.Shape[1]);
        Assert.Equal([images, 4 * places], boxes.Shape);
        Assert.Equal([images, places], scores.Shape);
        var all = boxes.Floats.Chunk(4).Select((b, i) => new Found((int)labels.Integers[i], scores.Floats[i], b[0], b[1], b[2], b[3])).ToList();
        var found = Enumerable.Range(0, images).Select(i => all.GetRange(i * places, places).TakeWhile(f => f.Label >= 0).ToList()).ToList();
        Assert.Equal(found.Max(f => f.Count), places);
        for (var i = 0; i < images; i++)
            Assert.All(all.GetRange(i * places + found[i].Count, places - found[i].Count), f => Assert.Equal(new Found(-1, 0, 0, 0, 0, 0), f));
        return found;
    }

    private sealed class PixelRow
    {
        [VectorType(1, 3, 32, 32)]
        public float[]? Pixels { get; set; }
    }

    private sealed class DetectionRow
    {
        public float[]? Boxes { get; set; }

        public float[]? Scores { get; set; }

        public long[]? Labels { get; set; }
    }
}
