using System.Text.Json;
using Microsoft.ML.Distillation.Onnx;

namespace Microsoft.ML.Distillation.Tests.ImageClassification;

/// <summary>A trained student in smaller numbers.</summary>
[Collection(nameof(TrainingTests))]
public class QuantizedStudentTests(FittedPipeline fitted)
{
    public static TheoryData<CalibrationMethod, bool> Ways => new() { { CalibrationMethod.MinMax, true }, { CalibrationMethod.Percentile, true }, { CalibrationMethod.Percentile, false }, { CalibrationMethod.Entropy, true } };

    [Theory]
    [MemberData(nameof(Ways))]
    public void EightBitsCostNextToNoAccuracy(CalibrationMethod method, bool keep)
    {
        using var folder = new TemporaryFolder();
        var quantization = Quantization.Int8(fitted.StudentData, new Int8Options { Calibration = method, KeepFirstAndLast = keep }, fitted.StudentData);

        var report = fitted.Student.SaveAsOnnx(folder["int8.onnx"], quantization);

        var scores = PlainOnnx.Run(File.ReadAllBytes(folder["int8.onnx"]), fitted.Rows, 8);
        Assert.Equal(Quick.Accuracy(scores, fitted.Rows), report.Accuracy);
        Assert.Equal(Quick.Accuracy(PlainOnnx.Run(fitted.Student.ToOnnx(), fitted.Rows, 8), fitted.Rows), report.FloatAccuracy);
        Assert.True(report.Accuracy >= report.FloatAccuracy - .05, $"From {report.FloatAccuracy} to {report.Accuracy}.");
        Assert.InRange(report.Agreement!.Value, .9, 1);
        Assert.Equal(("int8", 96, 96), (report.Kind, report.CalibrationImages, report.EvaluationImages));
        Assert.Equal((new FileInfo(folder["int8.onnx"]).Length, fitted.Student.ToOnnx().LongLength), (report.ModelBytes, report.FloatModelBytes));
        Assert.Equal(report.Layers - (keep ? 2 : 0), report.QuantizedLayers);
        Assert.True(report.LatencyMs > 0 && report.FloatLatencyMs > 0);
        Assert.Equal(["int8.onnx"], folder.Names);
    }

    [Fact]
    public void SixteenBitsCostNone()
    {
        using var folder = new TemporaryFolder();

        var report = fitted.Student.SaveAsOnnx(folder["half.onnx"], Quantization.Float16(fitted.StudentData));

        Quick.Close(PlainOnnx.Run(fitted.Student.ToOnnx(), fitted.Rows, 8), PlainOnnx.Run(File.ReadAllBytes(folder["half.onnx"]), fitted.Rows, 8), .01);
        Assert.InRange(report.Agreement!.Value, .97, 1);
        Assert.Equal(("float16", null), (report.Kind, report.CalibrationImages));
        Assert.InRange(report.ModelBytes / (double)report.FloatModelBytes, .4, .6);
    }

    [Fact]
    public void AFewImagesAreEnoughAndNoLabelIsRead()
    {
        using var folder = new TemporaryFolder();
        var unlabelled = fitted.Ml.Transforms.DropColumns("Label").Fit(fitted.StudentData).Transform(fitted.StudentData);

        var report = fitted.Student.SaveAsOnnx(folder["int8.onnx"], Quantization.Int8(unlabelled, new Int8Options { CalibrationImages = 9 }));

        Assert.Equal((9, null, null, null), (report.CalibrationImages, report.EvaluationImages, report.Accuracy, report.Agreement));
        Assert.EndsWith(", 9 images", report.Settings, StringComparison.Ordinal);
    }

    [Fact]
    public void TheReportIsInJsonAloneAndWithinTheTrainings()
    {
        using var folder = new TemporaryFolder();
        var report = fitted.Student.SaveAsOnnx(folder["int8.onnx"], Quantization.Int8(fitted.StudentData, null, fitted.StudentData));

        (fitted.Student.Report with { Quantization = report }).SaveAsJson(folder["report.json"]);

        using var whole = JsonDocument.Parse(File.ReadAllText(folder["report.json"]));
        using var alone = JsonDocument.Parse(report.ToJson());
        Assert.True(JsonElement.DeepEquals(alone.RootElement, whole.RootElement.GetProperty("quantised")));
        Assert.Equal(report.Accuracy, alone.RootElement.GetProperty("accuracy").GetDouble());
        Assert.Equal(report.ModelBytes, alone.RootElement.GetProperty("modelBytes").GetInt64());
        using var half = JsonDocument.Parse(fitted.Student.SaveAsOnnx(folder["half.onnx"], Quantization.Float16()).ToJson());
        Assert.False(half.RootElement.TryGetProperty("accuracy", out _));
        Assert.False(half.RootElement.TryGetProperty("calibrationImages", out _));
    }

    [Fact]
    public void ItTeachesButIsNotTrainedFurther()
    {
        using var folder = new TemporaryFolder();
        var path = folder["int8.onnx"];
        fitted.Student.SaveAsOnnx(path, Quantization.Int8(fitted.StudentData));

        Assert.StartsWith($"'{path}' is a quantised resnet8 (int8: ", Assert.Throws<InvalidDataException>(() => ImageClassifier.FromOnnx(path)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => StudentTeacher.FromOnnx(path));
        using var pupil = Quick.Fit(Quick.Options(OnnxTeacher.FromFile(path), epochs: 1), fitted.Rows);
        Assert.Equal(Drawn.Classes, pupil.ClassNames);
    }

    [Fact]
    public void OptionsThatCanNotBeAreRefusedTogether()
    {
        var error = Assert.Throws<ArgumentException>(() => Quantization.Int8(fitted.StudentData, new Int8Options { Percentile = 50, CalibrationImages = 0, Calibration = (CalibrationMethod)9 }));

        Assert.Contains("3 faults", error.Message, StringComparison.Ordinal);
        Assert.Contains("Percentile is 50; above 50 and at most 100 is needed.", error.Message, StringComparison.Ordinal);
        Assert.Contains("CalibrationImages is 0; at least 1 is needed.", error.Message, StringComparison.Ordinal);
        Assert.Contains("Calibration is 9; choose MinMax, Percentile or Entropy.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatFailsLeavesNoFile()
    {
        using var folder = new TemporaryFolder();
        var noImages = fitted.Ml.Transforms.DropColumns("Image").Fit(fitted.StudentData).Transform(fitted.StudentData);

        Assert.Throws<ArgumentException>(() => fitted.Student.SaveAsOnnx(folder["int8.onnx"], Quantization.Int8(noImages)));
        var empty = fitted.Ml.Data.TakeRows(fitted.StudentData, 0);
        Assert.Equal("The calibration data has no rows.", Assert.Throws<InvalidDataException>(() => fitted.Student.SaveAsOnnx(folder["int8.onnx"], Quantization.Int8(empty))).Message);
        Assert.Empty(folder.Names);
    }
}
