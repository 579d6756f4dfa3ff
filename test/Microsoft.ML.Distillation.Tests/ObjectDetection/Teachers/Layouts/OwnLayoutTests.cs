using Microsoft.ML.Distillation.Data;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.Distillation.Tests.Students.Detection;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers.Layouts;

public class OwnLayoutTests
{
    private const int Images = 2;
    private static readonly ImageSize Stored = new(96, 90), Work = new(64, 96);
    private static readonly Suppression Settings = new() { ScoreThreshold = .001f, IouThreshold = .6f, MaximumPerClass = 300, Maximum = 300 };

    [Fact]
    public void AFileThatSuppressesGivesWhatItFinds()
    {
        using var scope = NewDisposeScope();
        using var module = DetectorGolden.CreateModule("yolov5");
        var (file, pixels) = (DetectorExporter.Standalone(module, Description, new() { ScoreThreshold = .2f, Maximum = 40 }), Pixels());
        var expected = Detections.Read(Run(file, pixels));

        Assert.All(expected, Assert.NotEmpty);
        Same(expected, Detect(file, pixels, DetectorOutputLayout.Distillation));
    }

    [Fact]
    public void DecodedAndRawFilesAreSuppressedHere()
    {
        using var scope = NewDisposeScope();
        using var module = DetectorGolden.CreateModule("yolov5");
        var (decoded, pixels) = (DetectorExporter.Decoded(module, Description), Pixels());
        var outputs = Run(decoded, pixels);
        var expected = Enumerable.Range(0, Images).Select(i => PlainSuppression.Apply(Image(outputs[0], i), Image(outputs[1], i), 3, Settings)).ToList();

        Same(expected, Detect(decoded, pixels, DetectorOutputLayout.Distillation));
        Same(expected, Detect(DetectorExporter.Raw(module, Description), pixels, DetectorOutputLayout.Distillation));
    }

    [Fact]
    public void RetinaNetsRawFilesAreNoTeachers()
    {
        using var module = DetectorGolden.CreateModule("retinanet");
        var description = DetectorExporterTests.Describe("retinanet", new(64, 64), new(64, 64));

        Assert.StartsWith(
            "(from bytes) is an export of this library with the outputs 'boxes_8' 1×9×8×8×4, 'classes_8' 1×9×8×8×3, ",
            Sketch.Refusal(OnnxDetectorTeacher.FromBytes(DetectorExporter.Raw(module, description))), StringComparison.Ordinal);
        using var scope = NewDisposeScope();
        Assert.NotEmpty(Sketch.Detect(OnnxDetectorTeacher.FromBytes(DetectorExporter.Decoded(module, description)), new(64, 64), .5f));
    }

    [Fact]
    public void TheFileNamesClassesAndNormalises()
    {
        using var module = DetectorGolden.CreateModule("yolov5");

        var teacher = OnnxDetectorTeacher.FromBytes(DetectorExporter.Raw(module, Description));

        Assert.Equal(Modules.Classes(3), teacher.ClassNames);
        Assert.Same(ImageNormalization.Raw, teacher.Inspect().Normalization);
        Assert.True(teacher.Inspect().HasRawPredictions);
    }

    /// <summary>Other people's forms of the same network: what it computes before decoding is found again behind it.</summary>
    [Theory]
    [InlineData("decoded")]
    [InlineData("apart")]
    [InlineData("together")]
    public void HeadsAreTheModules(string form)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var module = DetectorGolden.CreateModule("yolov5");
        var file = YoloFiles.Write(module, Work, form);
        var pixels = tensor(Modules.Pixels((int)(Images * 3 * Work.Pixels), seed: 5), [Images, 3, Work.Height, Work.Width]);
        var expected = module.call(pixels / 255);
        var teacher = OnnxDetectorTeacher.FromBytes(file, new() { FeatureNames = YoloFiles.NeckNames });
        using var session = teacher.Open(new(CPU, 1, DetectionParts.Heads | DetectionParts.Features));

        var output = session.Forward(pixels);

        Assert.Equal(form == "decoded" ? DetectorOutputLayout.YoloV5 : DetectorOutputLayout.YoloV5Raw, teacher.Inspect().Layout);
        Assert.Equal(3, output.Heads.Count);
        foreach (var (level, head) in expected.Levels.Zip(output.Heads))
        {
            Assert.Equal(level.Raw!.shape, head.shape);
            var (wanted, got) = (Numbers.Of(level.Raw), Numbers.Of(head));
            var inside = Enumerable.Range(0, wanted.Length).Where(i => Math.Abs(wanted[i]) < 6).ToList();
            Assert.True(inside.Count > wanted.Length / 2);
            // Decoding rounds: of logits up to 6 some 1e-3 remains.
            Numbers.Within([.. inside.Select(i => wanted[i])], [.. inside.Select(i => got[i])], 2e-3);
        }
        Assert.Equal(expected.Neck.Select(m => m.shape), output.Features.Select(m => m.shape));
        foreach (var (wanted, got) in expected.Neck.Zip(output.Features))
            Numbers.Close(Numbers.Of(wanted), Numbers.Of(got), 1e-4);
        var shape = session.Describe(Work)!;
        Assert.Equal(YoloFiles.NeckNames, shape.Features.Select(f => f.Name));
        Assert.Equal(expected.Neck.Select(m => (m.shape[1], m.shape[2], m.shape[3])), shape.Features.Select(f => ((long)f.Channels, (long)f.Height, (long)f.Width)));
        Assert.True(shape.HasHeads);
    }

    [Theory]
    [InlineData("decoded")]
    [InlineData("apart")]
    [InlineData("together")]
    public void BoxesAreTheModules(string form)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var module = DetectorGolden.CreateModule("yolov5");
        var pixels = Modules.Pixels((int)(Images * 3 * Work.Pixels), seed: 5);
        var (boxes, scores) = module.Decode(module.call(tensor(pixels, [Images, 3, Work.Height, Work.Width]) / 255));
        var settings = Settings with { ScoreThreshold = .1f };
        var expected = Enumerable.Range(0, Images).Select(i => PlainSuppression.Apply(Numbers.Floats(boxes[i]), Numbers.Floats(scores[i]), 3, settings)).ToList();

        var teacher = OnnxDetectorTeacher.FromBytes(YoloFiles.Write(module, Work, form), new() { ScoreThreshold = .1 });
        using var session = teacher.Open(new(CPU, 1, DetectionParts.None));
        var found = Sketch.Lines(session.Detect(tensor(pixels, [Images, 3, Work.Height, Work.Width]), []));

        Assert.All(expected, Assert.NotEmpty);
        Same(expected, found);
    }

    [Fact]
    public void FeatureMapsAreNamed()
    {
        using var module = DetectorGolden.CreateModule("yolov5");
        var file = YoloFiles.Write(module, new(64, 64), "decoded");

        Assert.StartsWith(
            "(from bytes): which feature maps to learn from is not said. Name the maps of its neck, one for each level of the student's, finest first, in OnnxDetectorTeacherOptions.FeatureNames;",
            Sketch.Refusal(OnnxDetectorTeacher.FromBytes(file), DetectionParts.Features), StringComparison.Ordinal);
        Assert.StartsWith(
            "(from bytes) computes no tensor 'neck9', which OnnxDetectorTeacherOptions.FeatureNames names; near it are 'neck0'",
            Sketch.Refusal(OnnxDetectorTeacher.FromBytes(file, new() { FeatureNames = ["neck9"] }), DetectionParts.Features), StringComparison.Ordinal);
        var maps = OnnxDetectorTeacher.FromBytes(file).Inspect().FeatureMaps;
        Assert.Contains(maps, m => m.Operator == "Conv" && (m.Height, m.Width) == (8, 8));
    }

    private static StudentDescription Description => DetectorExporterTests.Describe("yolov5", Stored, Work);

    private static float[] Pixels() => Modules.Pixels((int)(Images * 3 * Stored.Pixels), seed: 3);

    private static float[] Image(OnnxTensor values, int image) => values.Floats[(image * values.Floats.Length / Images)..((image + 1) * values.Floats.Length / Images)];

    private static IReadOnlyList<OnnxTensor> Run(byte[] file, float[] pixels)
    {
        using var runner = new OnnxRunner(file, "detector", threads: 1);
        return runner.Run(pixels, [Images, 3, Stored.Height, Stored.Width]);
    }

    private static List<double[]> Detect(byte[] file, float[] pixels, DetectorOutputLayout layout)
    {
        var teacher = OnnxDetectorTeacher.FromBytes(file);
        Assert.Equal(layout, teacher.Inspect().Layout);
        using var session = teacher.Open(new(CPU, 1, DetectionParts.None));
        Assert.Equal(Stored, session.InputSize);
        return Sketch.Lines(session.Detect(tensor(pixels, [Images, 3, Stored.Height, Stored.Width]), []));
    }

    private static void Same(List<List<Found>> expected, List<double[]> found)
    {
        var lines = expected.SelectMany((image, i) => image.Select(f => new double[] { i, f.Label, f.Score, f.X1, f.Y1, f.X2, f.Y2 })).ToList();
        Assert.Equal(lines.Count, found.Count);
        for (var i = 0; i < lines.Count; i++)
            Numbers.Within(lines[i], found[i], 1e-3);
    }
}
