using Google.Protobuf;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;

namespace Microsoft.ML.Distillation.Tests.Students.Detection;

public class DetectorFileTests
{
    private const string Source = "detector (from bytes)";
    private static readonly AnchorSet s_anchors = new([8, 16, 32], [[[5, 6.5f]], [[.1f, 20]], [[30, 1 / 3f]]]);

    public static TheoryData<string> Names => ["yolov5n", "retinanet_resnet18_w16"];

    [Theory]
    [MemberData(nameof(Names))]
    public void AWarmStartCopiesWeightsAndStatisticsBitForBit(string name)
    {
        using var folder = new TemporaryFolder();
        using var trained = Worn(name);
        File.WriteAllBytes(folder["detector.onnx"], Export(name, trained));

        var detector = ObjectDetector.FromOnnx(folder["detector.onnx"]);
        using var again = detector.CreateModule(Modules.Classes(3), seed: 99);

        Assert.Equal((name, new ImageSize(64, 32)), (detector.Name, detector.DefaultImageSize));
        Assert.Equal(ImageNormalization.Cifar10.Mean, detector.StartingPoint!.Student.Normalization.Mean);
        Assert.Equal(Modules.Weights(trained), Modules.Weights(again));
    }

    [Fact]
    public void EveryFormCanBeReadBack()
    {
        using var trained = Worn("yolov5n");
        var description = DetectorExporterTests.Describe("yolov5n", new(70, 50), new(64, 32));
        byte[][] models =
        [
            DetectorExporter.Raw(trained, description), DetectorExporter.Decoded(trained, description),
            DetectorExporter.ForPipeline(trained, description, new Suppression(), "p", new("b", "s", "l")),
        ];

        foreach (var model in models)
        {
            using var again = ObjectDetector.FromOnnx(model).CreateModule(Modules.Classes(3), seed: 99);
            Assert.Equal(Modules.Weights(trained), Modules.Weights(again));
        }
    }

    [Fact]
    public void AnchorsComeBackExactly()
    {
        using var trained = ObjectDetector.YoloV5n.CreateModule(Modules.Classes(3), seed: 1, s_anchors);

        var detector = ObjectDetector.FromOnnx(Export("yolov5n", trained));
        using var again = detector.CreateModule(Modules.Classes(3), seed: 9);

        Assert.Equal(s_anchors.Sizes, again.Anchors.Sizes);
        Assert.Equal(s_anchors.Strides, again.Anchors.Strides);
        Assert.Equal(Modules.Weights(trained), Modules.Weights(again));
    }

    [Theory]
    [InlineData("yolov5n", "head.0.weight", 3, 5, 64)]
    [InlineData("yolov5n", "head.2.bias", 3, 5, 1)]
    [InlineData("retinanet_resnet18_w16", "head.classes.4.weight", 9, 0, 16 * 9)]
    [InlineData("retinanet_resnet18_w16", "head.classes.4.bias", 9, 0, 1)]
    public void RowsOfTheHeadsGoWhereTheNamesSay(string name, string weight, int groups, int shared, int length)
    {
        string[] classes = ["class 2", "new", "class 0", "other"];
        using var trained = Worn(name);

        using var again = ObjectDetector.FromOnnx(Export(name, trained)).CreateModule(classes, seed: 9);
        using var fresh = ObjectDetector.Parse(name).CreateModule(classes, seed: 9);

        var (before, after, first) = (Modules.Weights(trained)[weight], Modules.Weights(again)[weight], Modules.Weights(fresh)[weight]);
        for (var group = 0; group < groups; group++)
        {
            for (var row = 0; row < shared; row++)
                Assert.Equal(Row(before, 3, group, row), Row(after, 4, group, row));
            Assert.Equal(Row(before, 3, group, shared + 2), Row(after, 4, group, shared));
            Assert.Equal(Row(first, 4, group, shared + 1), Row(after, 4, group, shared + 1));
            Assert.Equal(Row(before, 3, group, shared), Row(after, 4, group, shared + 2));
            Assert.Equal(Row(first, 4, group, shared + 3), Row(after, 4, group, shared + 3));
        }
        var others = Modules.Weights(trained).Where(w => !w.Key.StartsWith(name == "yolov5n" ? "head." : "head.classes.4.", StringComparison.Ordinal)).ToList();
        Assert.All(others, w => Assert.Equal(w.Value, Modules.Weights(again)[w.Key]));

        float[] Row(float[] values, int count, int group, int row) => values.AsSpan((group * (shared + count) + row) * length, length).ToArray();
    }

    [Fact]
    public void ClassifiersAndDetectorsAreToldApart()
    {
        using var classifier = Modules.Worn(ImageClassifier.ResNet8, 3);
        using var detector = Worn("yolov5n");
        var classifierFile = StudentExporter.Standalone(classifier, StudentExporterTests.Describe("resnet8", 3, new(32, 32), new(32, 32)));

        Assert.Equal(
            $"{Source} holds a classifier, resnet8; expected a detector. Read it with ImageClassifier.FromOnnx.",
            Assert.Throws<InvalidDataException>(() => ObjectDetector.FromOnnx(classifierFile)).Message);
        Assert.Equal(
            "student (from bytes) holds a detector, yolov5n; expected a classifier. Read it with ObjectDetector.FromOnnx.",
            Assert.Throws<InvalidDataException>(() => ImageClassifier.FromOnnx(Export("yolov5n", detector))).Message);
    }

    [Theory]
    [InlineData("distillation.anchors", "[[[1,2]]]")]
    [InlineData("distillation.anchors", "[[[1,2]],[[1,2]],[[1,-2]]]")]
    [InlineData("distillation.anchors", "[[[1,2]],null,[[1,2]]]")]
    [InlineData("distillation.anchors", "1")]
    [InlineData("distillation.strides", "[8,16]")]
    [InlineData("distillation.strides", null)]
    [InlineData("distillation.classes", "[\"a\",\"a\"]")]
    public void ChangedMetadataIsFoundOut(string key, string? value)
    {
        using var trained = Worn("yolov5n");
        var model = Changed(Export("yolov5n", trained), m =>
        {
            var entry = m.MetadataProps.Single(p => p.Key == key);
            if (value is null)
                m.MetadataProps.Remove(entry);
            else
                entry.Value = value;
        });

        var message = Assert.Throws<InvalidDataException>(() => ObjectDetector.FromOnnx(model)).Message;

        Assert.StartsWith($"{Source}: its metadata can't be read (", message, StringComparison.Ordinal);
        Assert.EndsWith("); it was changed after it was exported.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownArchitecturesAndMissingWeightsAreNamed()
    {
        using var trained = Worn("yolov5n");
        var unknown = Changed(Export("yolov5n", trained), m => m.MetadataProps.Single(p => p.Key == "distillation.architecture").Value = "yolov6");
        var missing = Changed(Export("yolov5n", trained), m => m.Graph.Initializer.Single(i => i.Name == "neck.out3.cv1.bn.bias").Name = "elsewhere");

        Assert.Equal(
            $"{Source} holds a student 'yolov6', which this version of the library does not know as a detector; it knows {string.Join(", ", ObjectDetector.All.Select(a => a.Name))}. "
            + "Use the version that exported it.",
            Assert.Throws<InvalidDataException>(() => ObjectDetector.FromOnnx(unknown)).Message);
        Assert.Equal(
            $"{Source}: a yolov5n of 3 classes needs 'neck.out3.cv1.bn.bias' of shape 32; the file has none.",
            Assert.Throws<InvalidDataException>(() => ObjectDetector.FromOnnx(missing).CreateModule(Modules.Classes(3), 1)).Message);
    }

    private static DetectorModule Worn(string name) => Modules.Wear(ObjectDetector.Parse(name).CreateModule(Modules.Classes(3), seed: 1));

    private static byte[] Export(string name, DetectorModule module) =>
        DetectorExporter.Standalone(module, DetectorExporterTests.Describe(name, new(70, 50), new(64, 32)), new Suppression());

    private static byte[] Changed(byte[] model, Action<ModelProto> change)
    {
        var proto = ModelProto.Parser.ParseFrom(model);
        change(proto);
        return proto.ToByteArray();
    }
}
