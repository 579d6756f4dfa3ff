using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Students;
using Microsoft.ML.Distillation.Students.Detection;
using Microsoft.ML.Distillation.Tests.ObjectDetection;

namespace Microsoft.ML.Distillation.Tests.Checkup;

/// <summary>Planted faults are found, and a healthy pair is left in peace.</summary>
[Collection(nameof(TrainedDetector))]
public sealed class DetectorCheckupTests(TrainedDetector trained)
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void AHealthyTeacherIsNoWarning()
    {
        var findings = _ml.CheckTeacher(DetectorStudentTeacher.FromOnnx(trained.Onnx), QuickDetector.Data(_ml, 24, seed: 5), imageSize: QuickDetector.Size);

        var accuracy = Assert.Single(findings);
        Assert.Equal(("teacher-accuracy", CheckupSeverity.Info), (accuracy.Code, accuracy.Severity));
        Assert.Contains("% on 20 training images with objects, and finds ", accuracy.Measured, StringComparison.Ordinal);
    }

    [Fact]
    public void ARandomTeacherIsFound()
    {
        var findings = _ml.CheckTeacher(DetectorStudentTeacher.FromOnnx(Random()), QuickDetector.Data(_ml, 12, seed: 5), imageSize: QuickDetector.Size);

        var warning = Assert.Single(findings, f => f.Severity == CheckupSeverity.Warning);
        Assert.Equal("teacher-accuracy", warning.Code);
    }

    // The raw file takes pixels as this library's students do, inside; told to do it once more, it sees next to nothing.
    [Fact]
    public void WrongPixelsAreNamed()
    {
        var normalization = Assert.Single(Warnings(Scenes.Classes, ImageNormalization.ZeroToOne), f => f.Code == "normalization");
        var channels = Assert.Single(Warnings(Scenes.Classes, ImageNormalization.Raw, ChannelOrder.Bgr), f => f.Code == "channel-order");

        Assert.Equal("Give it ImageNormalization.Raw as its normalisation.", normalization.Remedy);
        Assert.Equal("Give it the other order of channels (OnnxDetectorTeacherOptions.Channels).", channels.Remedy);
        Assert.Empty(Warnings(Scenes.Classes, ImageNormalization.Raw));
    }

    [Fact]
    public void ClassesInAnotherOrderAreFound()
    {
        var findings = Warnings(["green", "blue", "red"], ImageNormalization.Raw);

        Assert.Contains(findings, f => f.Code == "class-order" && f.Measured.Contains("where classes don't count", StringComparison.Ordinal));
    }

    [Fact]
    public void ClassesThatAreUnknownAreNamed()
    {
        var findings = Warnings(["red", "green", "yellow"], ImageNormalization.Raw);

        Assert.Equal("knows 2 of the labels' 3 classes, and not: blue.", Assert.Single(findings, f => f.Code == "class-names").Measured[^"knows 2 of the labels' 3 classes, and not: blue.".Length..]);
    }

    [Fact]
    public void ARunLooksToo()
    {
        var options = QuickDetector.Options(epochs: 1, teacher: DetectorStudentTeacher.FromOnnx(Random()), methods: [new FocalGlobalDistillation()], checkup: true);

        using var model = _ml.DistillObjectDetection(options).Fit(QuickDetector.Data(_ml, 12, seed: 1));

        Assert.Equal("teacher-accuracy", Assert.Single(model.Report.Checkup, f => f.Severity == CheckupSeverity.Warning).Code);
        Assert.Equal("16 images", model.Report.Options["Checkup"]);
    }

    [Fact]
    public void WhatCantBeLookedAtIsRefused()
    {
        var teacher = DetectorStudentTeacher.FromOnnx(trained.Onnx);

        Assert.Contains(
            "Checkup.SampleRows is 1", Assert.Throws<ArgumentException>(() => _ml.CheckTeacher(teacher, QuickDetector.Data(_ml, 4, 1), imageSize: QuickDetector.Size, options: new() { SampleRows = 1 })).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "None of the 2 evaluation images has an object on it", Assert.Throws<InvalidDataException>(
                () => _ml.CheckTeacher(teacher, Scenes.View(_ml, Scenes.Row(64, 64), Scenes.Row(64, 64)), imageSize: QuickDetector.Size)).Message, StringComparison.Ordinal);
    }

    private List<CheckupFinding> Warnings(string[] classes, ImageNormalization normalization, ChannelOrder channels = ChannelOrder.Rgb)
    {
        // A file that doesn't say whose it is.
        var file = OnnxModelFile.FromBytes(trained.Onnx, "trained");
        file.Model.MetadataProps.Clear();
        var teacher = OnnxDetectorTeacher.FromBytes(file.ToBytes(), new()
        {
            Layout = DetectorOutputLayout.TorchVision, OutputNames = ["boxes", "scores", "labels"], FirstLabel = 0, ClassNames = classes, Normalization = normalization, Channels = channels,
        });
        return [.. _ml.CheckTeacher(teacher, QuickDetector.Data(_ml, 40, seed: 5)).Where(f => f.Severity == CheckupSeverity.Warning)];
    }

    private static byte[] Random()
    {
        using var module = ObjectDetector.YoloV5n.CreateModule(Scenes.Classes, seed: 9);
        return DetectorExporter.Standalone(module, new StudentDescription("yolov5n", Scenes.Classes, QuickDetector.Size, QuickDetector.Size, ImageNormalization.ZeroToOne, "IsoPad"), new Suppression { ScoreThreshold = .001f });
    }
}
