using System.Text.Json;
using Microsoft.ML.Distillation.Onnx;
using Microsoft.ML.Distillation.Tests.Students;
using Microsoft.ML.Distillation.Tests.Students.Detection;

namespace Microsoft.ML.Distillation.Tests.ObjectDetection;

/// <summary>A trained detector in smaller numbers.</summary>
[Collection(nameof(TrainedDetector))]
public class DetectorQuantizerTests(TrainedDetector trained)
{
    private readonly MLContext _ml = new(seed: 1);

    private IDataView Training => QuickDetector.Data(_ml, 32, seed: 1);

    private IDataView Validation => QuickDetector.Data(_ml, TrainedDetector.ValidationRows, TrainedDetector.ValidationSeed);

    [Theory]
    [InlineData(CalibrationMethod.MinMax)]
    [InlineData(CalibrationMethod.Percentile)]
    public void EightBitsCostLittlePrecision(CalibrationMethod method)
    {
        using var folder = new TemporaryFolder();

        var report = trained.Model.SaveAsOnnx(folder["int8.onnx"], Quantization.Int8(Training, new Int8Options { Calibration = method }, Validation));

        // The threshold of this model's own is that of the measure, so that its precision can be had from ML.NET's pipeline too.
        var precision = _ml.EvaluateObjectDetection(trained.Model.Transform(Validation));
        Assert.Equal(precision.MeanAveragePrecision50, report.FloatMeanAveragePrecision50!.Value, 6);
        Assert.Equal(precision.MeanAveragePrecision, report.FloatMeanAveragePrecision!.Value, 6);
        Assert.True(report.FloatMeanAveragePrecision50 > .5, $"{report.FloatMeanAveragePrecision50}");
        Assert.True(report.MeanAveragePrecision50 > report.FloatMeanAveragePrecision50 - .1, $"From {report.FloatMeanAveragePrecision50} to {report.MeanAveragePrecision50}.");
        Assert.NotEqual(report.FloatMeanAveragePrecision, report.MeanAveragePrecision);
        Assert.Equal(("int8", 32, TrainedDetector.ValidationRows), (report.Kind, report.CalibrationImages, report.EvaluationImages));
        Assert.Null(report.Accuracy);
        Assert.Null(report.Agreement);
        Assert.InRange(report.ModelBytes / (double)report.FloatModelBytes, .2, .4);
        Assert.Equal(5, report.Layers - report.QuantizedLayers); // the stem, the narrow layer after it, and a convolution for each of three heads
        Assert.Equal(new FileInfo(folder["int8.onnx"]).Length, report.ModelBytes);
        using var json = JsonDocument.Parse(report.ToJson());
        Assert.Equal(report.MeanAveragePrecision, json.RootElement.GetProperty("mAP").GetDouble());
        Assert.Equal(report.FloatMeanAveragePrecision50, json.RootElement.GetProperty("floatMAP50").GetDouble());
    }

    [Fact]
    public void TheFileFindsTheSameInBatchesOfAnySize()
    {
        using var folder = new TemporaryFolder();
        trained.Model.SaveAsOnnx(folder["int8.onnx"], Quantization.Int8(Training));
        using var runner = new OnnxRunner(File.ReadAllBytes(folder["int8.onnx"]), "int8", threads: 1);
        var pixels = Modules.Pixels(3 * 3 * 64 * 64, seed: 3);

        var together = Detections.Read(runner.Run(pixels, [3, 3, 64, 64]));

        for (var image = 0; image < 3; image++)
            Assert.Equal(together[image], Detections.Read(runner.Run(pixels.AsSpan(image * 3 * 64 * 64, 3 * 64 * 64), [1, 3, 64, 64]))[0]);
    }

    [Fact]
    public void SixteenBitsCostNone()
    {
        using var folder = new TemporaryFolder();

        var report = trained.Model.SaveAsOnnx(folder["half.onnx"], Quantization.Float16(Validation));

        Assert.InRange(report.MeanAveragePrecision!.Value, report.FloatMeanAveragePrecision!.Value - .02, report.FloatMeanAveragePrecision.Value + .02);
        Assert.Equal(("float16", null), (report.Kind, report.CalibrationImages));
    }

    [Fact]
    public void WhatCanNotBeLeavesNoFile()
    {
        using var folder = new TemporaryFolder();
        var path = folder["int8.onnx"];

        Assert.Equal(
            "This student was not trained on in 8 bits: set the options' QuantizationAware to new QuantizationAwareOptions() and train again, or take Quantization.Int8, which needs no training.",
            Assert.Throws<InvalidOperationException>(() => trained.Model.SaveAsOnnx(path, Quantization.Int8Trained())).Message);
        Assert.Throws<InvalidDataException>(() => trained.Model.SaveAsOnnx(path, Quantization.Int8(_ml.Data.TakeRows(Training, 0))));
        var others = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(QuickDetector.Rows(1, 1)));
        var wrong = others.Transform(_ml.Data.LoadFromEnumerable(QuickDetector.Rows(6, 1)));
        Assert.Contains(
            "the student knows red, green, blue.",
            Assert.Throws<ArgumentException>(() => trained.Model.SaveAsOnnx(path, Quantization.Int8(Training, null, wrong))).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }
}
