using Microsoft.ML.Distillation.ObjectDetection.Teachers;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Tests.Students;
using static TorchSharp.torch;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection.Teachers;

public class OpenedDetectorTeacherTests
{
    private static readonly ImageSize Size = new(64, 32);
    private static readonly string[] Classes = ["a", "b", "c"];
    private static readonly DetectorTeacherSettings Settings = new(CPU, 1, DetectionParts.Heads | DetectionParts.Features);

    [Theory]
    [InlineData("yolov5n")]
    [InlineData("retinanet_resnet18_w8")]
    public void ClassesAreMatchedByNameWhereTheyAreCompared(string name)
    {
        using var scope = NewDisposeScope();
        var teacher = Teacher(name);
        using var plain = OpenedDetectorTeacher.Open(teacher, Settings, Size, [new FocalGlobalDistillation()], ["c", "x"]);
        using var matched = OpenedDetectorTeacher.Open(teacher, Settings, Size, [new YoloOutputDistillation()], ["c", "a"]);
        var pixels = rand(2, 3, Size.Height, Size.Width) * 255;

        var (own, ours) = (plain.Forward(pixels), matched.Forward(pixels));

        var shared = name == "yolov5n" ? 5 : 0;
        Assert.Equal((3, 2), (plain.Describe(Size)!.Classes, matched.Describe(Size)!.Classes));
        foreach (var (head, wanted) in ours.Heads.Zip(own.Heads))
        {
            Assert.Equal(shared + 2, head.shape[^1]);
            if (shared > 0)
                Assert.Equal(Numbers.Floats(wanted.narrow(-1, 0, shared)), Numbers.Floats(head.narrow(-1, 0, shared)));
            Assert.Equal(Numbers.Floats(wanted.select(-1, shared + 2)), Numbers.Floats(head.select(-1, shared)));
            Assert.Equal(Numbers.Floats(wanted.select(-1, shared)), Numbers.Floats(head.select(-1, shared + 1)));
        }
        Assert.Equal(own.Features.Select(Numbers.Floats), ours.Features.Select(Numbers.Floats));
    }

    // In training mode its statistics would drift, and with gradients its graph would be kept.
    [Fact]
    public void ItAnswersAsItsFileDoesAndNeverChanges()
    {
        using var scope = NewDisposeScope();
        using var module = Modules.Wear(ObjectDetector.YoloV5n.CreateModule(Classes, seed: 3));
        using var opened = OpenedDetectorTeacher.Open(DetectorStudentTeacher.FromOnnx(File(module, "yolov5n")), Settings, Size, [], Classes);
        var pixels = rand(2, 3, Size.Height, Size.Width) * 255;

        var first = opened.Forward(pixels);
        var again = opened.Forward(pixels);

        Assert.All(first.Heads.Concat(first.Features), map => Assert.False(map.requires_grad));
        Assert.Equal(first.Heads.Select(Numbers.Floats), again.Heads.Select(Numbers.Floats));
        using var noGrad = no_grad();
        var expected = module.call(pixels / 255);
        foreach (var (wanted, got) in expected.Levels.Zip(first.Heads))
            Numbers.Within(Numbers.Floats(wanted.Raw!).Doubles(), Numbers.Floats(got).Doubles(), 1e-3);
        Assert.True(module.Anchors.Sizes.SelectMany(l => l).SelectMany(a => a).SequenceEqual(opened.Session.Anchors!.Sizes.SelectMany(l => l).SelectMany(a => a)));
        Assert.Equal((module.CountParameters(), 3), (opened.Session.ParameterCount, opened.Session.ClassCount));
    }

    [Fact]
    public void WhatItDetectsIsInPixelsOfTheInput()
    {
        using var scope = NewDisposeScope();
        using var session = Teacher("yolov5n").Open(Settings);

        var found = session.Detect(rand(2, 3, Size.Height, Size.Width) * 255, []);

        Assert.True(found.Image.shape[0] > 0);
        Assert.Equal([found.Image.shape[0], 4], found.Boxes.shape);
        Assert.Equal(found.Image.shape[0], found.Scores.shape[0]);
        Assert.InRange(found.Scores.max().item<float>(), .001, 1);
        Assert.InRange(found.Classes.max().item<long>(), 0, 2);
        Assert.InRange(found.Image.max().item<long>(), 0, 1);
    }

    [Fact]
    public void FilesThatAreNoDetectorsAreRefused()
    {
        Assert.Throws<FileNotFoundException>(() => DetectorStudentTeacher.FromOnnx("no such file.onnx"));
        Assert.Throws<InvalidDataException>(() => DetectorStudentTeacher.FromOnnx([1, 2, 3]));
        Assert.Throws<ArgumentNullException>(() => DetectorStudentTeacher.FromOnnx((byte[])null!));
        Assert.Throws<ArgumentNullException>(() => DetectorStudentTeacher.FromTransformer(null!));
    }

    private static DetectorStudentTeacher Teacher(string name)
    {
        using var module = Modules.Wear(ObjectDetector.Parse(name).CreateModule(Classes, seed: 3));
        return DetectorStudentTeacher.FromOnnx(File(module, name));
    }

    private static byte[] File(DetectorModule module, string name) =>
        DetectorExporter.Standalone(module, new StudentDescription(name, Classes, Size, Size, ImageNormalization.ZeroToOne, "IsoPad"), new Suppression());
}
